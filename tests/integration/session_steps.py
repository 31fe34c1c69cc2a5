"""Steps that tests of the infusion session share: at bed pain/b1, with kill -9 in between."""
from rig import NODE

BED = "pain/b1"


def infusion(station):
    return station.last[f"{station.bed(BED)}/infusion"].doc


def restart(world, station):
    """Kill -9 when all so far is kept, as an answered command shows: what comes right before a kill may not be."""
    applied(station, "note", text="so far")
    mark = station.mark()
    world.daemon.kill()
    world.daemon.start()
    station.online(NODE, after=mark)


def applied(station, verb, **args):
    answer = station.command(BED, verb, args=args)
    assert answer["status"] == "applied", (verb, answer)
    return answer["text"]


def confirmed(station, verb, **args):
    """Something unusual: asked about first, unasked confirmation or not, then told again with a yes."""
    question = station.command(BED, verb, args={**args, "confirm": True})
    assert question["status"] == "confirm-needed", (verb, question)
    return applied(station, verb, **args, confirm=True)
