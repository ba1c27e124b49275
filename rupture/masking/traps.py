"""Words that are names and something else besides: alone, in lower case or at the start of a sentence, they name nobody. Pure."""

_WORDS = """
ace admiral ale alpha alto amber angel angelic apple april archer art ash atlas august aura autumn baby bailey baker ball banks
baron bay bee bell belle beloved berry beta bill bird bishop black bliss blossom blunt bond booth bowers brandy brave brewer
bridges bright brook brown buck bud buddy burns bush butch butcher butler can candy carter case cash chance charity chase cherish
cherry chip christian christmas church cinnamon clay clement cliff colon colonel con constant cook cooper coral cord creed cross
crystal curry daisy dale dawn day dear delta destiny diamond dick doc dock doll don dot dove drew dusty dyer earl easter edit
elder else emerald english essence eve ever evergreen fairy faith fancy farmer fate fella fern field finn fisher flora ford forest
fox frank freeman french frost fuller gale gardener gardner gay gem general genesis ginger glass glen golden good goodman grace
grant grave graves gray green grey gun guy hale hall ham hardy harmony harp harry hart haven hawk hazel head heath heather heaven
heavenly henna herb hill holiday honey honor honour hood hooper hope house howe hunt hunter imam indie infant iris isle ivory ivy
jade jay jersey jet jewel job john joker journey joy judge june junior justice karma keen kick kid king kit knight lady lake lamb
lance lane lark latin laurel lavender law lawyer lea leaf legend lemon levy liberty lies light lily line link little lo loan lone
long lord lore lot love low lowe loyal lucky lynx major man manly march mare marina marine mark marks marsh marshal mart martial
mason mat mate matt max may mayor me meadow media melody memo mercy merry messiah metro mia mile miles mill mills miner minor
miracle missy mist misty mo moody moon more mort moss my myrtle nan nice noble nor nova nunn ocean olive opal oral oz page pal
park parsons pastor pat patience paw peace pearl pen penny pepper per pierce pike pink pip piper poet poole pope poppy porter
potter power pratt precious price pride prince princess prosper purity queen quest quince rain randy raven ray raze reader red
reed reg reign rein rich ridge river robin rock rocky rod roll rose rosemary rosy rowan royal ruby rue rush rusty sad safari saga
sage saint sandy sar savage sawyer say scarlet scott sea senior september server shade sharp shay shell shepherd shields short shy
silver singer sister skinner sky small smith snow sol sole son sparks sparrow speed spring star steel sterling stone storm stormy
stout street strong sue summer sunday sunny sunshine sweet swift tab tad tailor taller tan tanner taylor tea teal tel temple thorn
thyme tiger timber tiny tom tone tony tor tory tower towns trace tracker treasure trinity trip trout true truth unique urban vale
valentine van velvet venus vet victor victory violet virgin virtue wager walker wally ward warden warner warren wash waters watt
way weaver webster weeks wells west wheeler white will willow win windy wing winter wise wolf wood woods woody worth wren wright
yoga young zion
"""
_TRAPS = frozenset(_WORDS.split())


def is_trap(word: str) -> bool:
    """Whether `word`, in lower case, is a common word as well as a name."""
    return word in _TRAPS
