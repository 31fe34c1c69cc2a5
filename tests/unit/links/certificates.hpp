// Certificates made for one test run: an authority and what it signs, as PEM files in a temporary folder.
#pragma once

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "daemon/links/tls.hpp"

namespace links {

class Authority {
 public:
  explicit Authority(const std::string& name) {
    std::string folder = (std::filesystem::temp_directory_path() / "vitalsd-tls-XXXXXX").string();
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    key_ = new_key();
    certificate_ = sign(key_.get(), name, "CA:TRUE", "", 30, nullptr, key_.get());
    write(certificate_.get(), file("ca.pem"));
  }
  ~Authority() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  std::string file(const std::string& name) const { return (folder_ / name).string(); }

  // A certificate with this subjectAltName ("IP:127.0.0.1", "DNS:monitor-7") and common name, as settings
  // that trust this authority.
  TlsSettings issue(const std::string& name, const std::string& alternative, int days = 30) const {
    const Key key = new_key();
    const Certificate certificate =
        sign(key.get(), name, "CA:FALSE", alternative, days, certificate_.get(), key_.get());
    TlsSettings out;
    out.cert_file = file(name + ".pem");
    out.key_file = file(name + ".key");
    out.ca_file = file("ca.pem");
    write(certificate.get(), out.cert_file);
    std::FILE* to = std::fopen(out.key_file.c_str(), "we");
    EXPECT_EQ(PEM_write_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr), 1);
    std::fclose(to);
    return out;
  }

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
  };
  using Key = std::unique_ptr<EVP_PKEY, Free>;
  using Certificate = std::unique_ptr<X509, Free>;

  static Key new_key() { return Key{EVP_EC_gen("P-256")}; }

  static void extend(X509* certificate, int id, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, id, value.c_str());
    EXPECT_EQ(X509_add_ext(certificate, extension, -1), 1);
    X509_EXTENSION_free(extension);
  }

  static Certificate sign(EVP_PKEY* key, const std::string& name, const std::string& constraint,
                          const std::string& alternative, int days, X509* issuer, EVP_PKEY* issuer_key) {
    static long serial = 0;
    Certificate out{X509_new()};
    X509_set_version(out.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(out.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(out.get()), -3'600L * 24 * 60);
    X509_gmtime_adj(X509_getm_notAfter(out.get()), 3'600L * 24 * days + 60);
    X509_NAME* subject = X509_get_subject_name(out.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(out.get(), issuer != nullptr ? X509_get_subject_name(issuer) : subject);
    X509_set_pubkey(out.get(), key);
    extend(out.get(), NID_basic_constraints, constraint);
    if (!alternative.empty()) extend(out.get(), NID_subject_alt_name, alternative);
    EXPECT_GT(X509_sign(out.get(), issuer_key, EVP_sha256()), 0);
    return out;
  }

  static void write(X509* certificate, const std::string& path) {
    std::FILE* to = std::fopen(path.c_str(), "we");
    EXPECT_EQ(PEM_write_X509(to, certificate), 1);
    std::fclose(to);
  }

  std::filesystem::path folder_;
  Key key_;
  Certificate certificate_;
};

}  // namespace links
