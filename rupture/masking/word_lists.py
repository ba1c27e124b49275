"""Lists of words that the layers share, in lower case; ours. Pure."""

_SPOKEN = """
aargh ah aha argh aye bah blah boo bleh brr cos cuz coz dunno eek eh er erm ew gah gimme gonna gotta ha haha hah hm hmm hmmm
hooray huh ish innit kinda lemme lol meh mhm mm mmm mmhm mmhmm nah naw nope och oi okay ok oh omg ooh oops outta ouch ow oy pff
pfft phew psst shh sheesh shoulda sorta tsk uh uhh ugh uhhuh um umm whatcha whatever whoa whoops woah woulda wow y'all yay yeah
yep yikes yo yup coulda dad daddy gran grandad granddad granny mam mom mommy mum mummy nan nana papa auntie nanny telly biro
hoover loo bloke blokes bloody knackered gutted skint mardy faff faffing naff gobsmacked wonky quid fiver tenner arsehole arse
bollocks bugger crap shit shitty fuck fucking fucked bullshit wanker twat dickhead asshole app apps email emails emailed text
texted texting voicemail laptop wifi online website inbox selfie selfies podcast podcasts smartphone phone phones zoom google
googled facebook instagram tiktok youtube netflix uber whatsapp snapchat spotify covid lockdown mindfulness therapist therapists
counsellor counselor psychologist psychiatrist adhd cbt dbt emdr ptsd ocd autism autistic bipolar antidepressant antidepressants
sertraline fluoxetine citalopram omeprazole ibuprofen paracetamol metformin prozac zoloft lexapro xanax adderall ritalin insulin
methadone suboxone naloxone workplace coworker coworkers caregiver caregivers
"""
SPOKEN = frozenset(_SPOKEN.split())
"""What is said and in no dictionary: sounds, family, slang, the net, medicine."""
_NAMES_FIRST = """
barb bob bonnie brad carol caroline chad chuck clement curt dexter dorian ebony eddy fabian harry hector jack jimmy josh julian
liv marcel marian matt maxi nick norman pauline randy rick rob sylvan tod tucker wade
"""
NAMES_FIRST = frozenset(_NAMES_FIRST.split())
"""Names that the dictionary has as rare verbs or adjectives."""
_SYLLABLES = """
bin bo bok chan chang cheol chul dae dong eun gi gun gyu ha hae han hee ho hoon hwa hwan hye hyuk hyun hyung il ja jae ji jin
jong joo joon ju jun jung ki ku kwan kwang kyu kyung mi min myung na nam rae rin sang seo seok seong seung soo sook su suk sun
sung tae ui wan won woo woong yeon yong yoo yoon young yu yun
"""
SYLLABLES = frozenset(_SYLLABLES.split())
"""What Korean first names are made of, which speech recognition writes apart: `ji eun`."""
_RELATIONS = """
husband wife partner boyfriend girlfriend fiance fiancee ex sister brother mother father mum mom dad son daughter aunt auntie
uncle cousin nephew niece nan gran grandma grandad grandpa friend mate boss manager supervisor colleague coworker neighbour
neighbor therapist counsellor counselor teacher tutor coach flatmate housemate roommate landlord landlady stepdad stepmum
stepmom stepson stepdaughter sponsor keyworker midwife dog cat kid girl boy baby twins guy lad bloke woman man lady
"""
RELATIONS = frozenset(_RELATIONS.split())
"""After these a name may come: my sister Ayesha."""
_INTRODUCE = """
aunt auntie aunty bye called cousin dear dr hello hey hi hiya miss mr mrs ms named nurse okay thanks uncle
"""
INTRODUCE = frozenset(_INTRODUCE.split())
"""And after these: called Ayesha, hi Ayesha."""
_TITLES = """
aunt auntie doctor dr father imam judge miss mr mrs ms mx nurse prof professor rabbi rev reverend sister uncle
"""
TITLES = frozenset(_TITLES.split())
"""Before a family name."""
_BEFORE_PLACE = """
around at from in near outside through to towards via
"""
BEFORE_PLACE = frozenset(_BEFORE_PLACE.split())
"""Before a place."""
_WRITTEN_SO = """
aa act adderall adhd african allah am american android april arab arabic asd asian atm august aunt auntie bangladeshi bbc
bengali bible black botox bpd british buddha buddhist calpol camhs cantonese caribbean catholic cbt cd chinese christ christian
christmas client coke confrontation counsellor counselor covid cpn ct dad daddy dbt december diwali doctor dr dutch dvd easter
ecg eid email emdr english er eu european facebook father february filipino french friday fridays gad gcse gcses german god
google gp gps gran grandad grandma grandpa granny greek guinness halloween hanukkah headteacher heaven hindi hindu hispanic hr i
iapt icu id indian instagram interpreter iphone iranian irish it italian itv jamaican january japanese jesus jewish judge july
june koran korean latina latino lego lent lord madam mam mama mandarin maori march marker marmite may mexican miss mom mommy
monday mondays mp mr mri mrs ms mum mummy muslim na nan nana nanna netflix nhs nigerian november nurofen nurse ocd october
officer ok okay pakistani papa passover patient pc pdf pe pepsi persian phd phq pin playstation pm polish portuguese prof
professor protestant prozac ptsd punjabi quran ramadan repair reverend ritalin rupture russian sabbath saturday saturdays
scottish september sergeant sertraline session sikh sir sister skype sms snapchat somali spanish speaker sunday sundays swedish
tagalog tamil teams thanksgiving therapist thursday thursdays tiktok tuesday tuesdays turkish turn tv twitter tylenol uber uk
uncle uni urdu us usa valium viagra vietnamese wednesday wednesdays welsh whatsapp white withdrawal xanax xbox xmas yoruba
youtube zoloft zoom
"""
WRITTEN_SO = frozenset(_WRITTEN_SO.split())
"""What is written with a capital and names nobody: days, faiths, tongues, makes, titles, abbreviations."""
_NO_NAME = """
a actually an common in no not on pronounced so spelled spelt still too who whom
"""
NO_NAME = frozenset(_NO_NAME.split())
"""After `my name is` and no name."""
