"""Short and pet forms of first names in English-speaking countries, our own list. Whoever types one form hides the others."""

from functools import cache

_GROUPS = """
abigail abby abbie gail
abraham abe bram
adam ade
albert al bert bertie albie
alexander alexandra alex alec lex sandy sasha xander alexa lexi lexie sandra
alfred alf alfie fred freddie
alice ali allie
alison ali allie ally
amanda mandy manda
amelia amy millie mia
andrew andy drew
angela angie ange
ann anne anna annie nan nancy
anthony antony tony ant
arthur art artie
barbara barb babs barbie
beatrice bea bee trixie
benjamin ben benny benji
bernard bernie
bridget bridie biddy
cameron cam
caroline carolyn carrie caz caro
catherine katherine kathryn katharine cath kath cathy kathy kate katie katy kay kit kitty
cecilia cissy celia
charles charlie chas chuck chaz
charlotte charlie lottie lotte char
christina christine chris chrissie tina kirsty
christopher chris kit topher
clara clare claire
clifford cliff
cornelius neil con
cynthia cindy
daniel dan danny
danielle dani
david dave davey davy
deborah debra deb debbie debs
dennis den denny
diana diane di
dominic dom nick
donald don donnie
dorothy dot dottie dolly dodie
douglas doug dougie
edith edie
edward ed eddie ned ted teddy
edwin ed eddie
eleanor elinor ellie nell nellie nora lenny
elizabeth elisabeth liz lizzie lizzy beth bess bessie betty betsy eliza libby lisa liza elsie lilibet
ellen nell nellie
emily em emmy millie
emma em emmy
eugene gene
evelyn evie eve
florence flo flossie florrie
frances francesca fran frankie fanny cesca
francis frank frankie
franklin frank
frederick fred freddie freddy
gabriel gabe
gabrielle gabriella gabby gaby
geoffrey jeffrey geoff jeff
george georgie
georgina georgia georgie gina
gerald gerard gerry jerry ged
gillian gill jill jilly
gregory greg gregg
guadalupe lupe lupita
gwendolyn gwen
harold harry hal
harriet hattie harry
helen helena nell lena
henry harry hank hal
herbert bert herb
hilary hil
hugh hughie huw
ignacio nacho
irene rene
isaac ike zac
isabel isabella isobel izzy bella belle ibby
jacob jake jay
jacqueline jackie jacqui
james jim jimmy jamie jem
jane janie jenny janet
jason jay
jennifer jen jenny jenn jennie
jeremy jerry jez
jessica jess jessie
joan joanie
joanna joanne jo joey
john jon jack johnny johnnie
jonathan jon jonny jonno
joseph joe joey jo
josephine jo josie
joshua josh
judith judy jude
julia julie jules
karen kaz
kenneth ken kenny
kimberly kimberley kim
kristin kristen kristina kris
laurence lawrence larry laurie loz
leonard len lenny leo
leonardo leo
louis lewis lou louie
louise louisa lou lulu
lucinda lucy cindy
lucy lou luce
madeleine madeline maddie maddy
malcolm mal
margaret maggie meg megan peggy peg marge margie greta rita daisy madge mags
maria marie mary mia
marjorie marge margie
martha marty mattie
martin marty
mary molly polly mae may minnie
matilda tilly tilda mattie
matthew matt matty
maureen mo
maurice mo
maxwell maximilian maxine max
melanie mel
melissa mel lissa missy
michael mick mike mickey micky mikey mitch
michelle shell chelle mich
mildred millie
miranda mandy randa
miriam mim mimi
mohammed muhammad mohamed mohammad mo
natalie nat
natasha tasha nat
nathan nathaniel nate nat
nicholas nicolas nick nicky nico
nicola nicole nicky nic nikki
norman norm
oliver ollie olly
olivia liv livvy
oscar oz
pamela pam
patricia pat patty patsy trish tricia
patrick pat paddy rick
paul paulie
paula pauline polly
penelope penny pen
peter pete
philip phillip phil pip
philippa pip pippa
rachel rach rae
randolph randall randy
raymond ray
rebecca becky becca becks bex
reginald reg reggie
richard rich rick ricky dick dickie richie
robert rob robbie bob bobby bert
roberta bobbie
roderick rod roddy
rodney rod
roland roly
ronald ron ronnie
rosemary rosalind rose rosie ros roz
russell russ
samantha sam sammie
samuel sam sammy
sarah sara sally sadie
sebastian seb bas
sharon shaz shari
simon si
sophia sofia sophie soph
stanley stan
stella stell
stephanie steph stevie
stephen steven steve stevie
stuart stewart stu
susan susanna susannah suzanne sue suzie susie suki
sylvia syl
tanisha tani nisha
terence terrence terry tel
teresa theresa tess tessa terri
theodore theo ted teddy
thomas tom tommy
timothy tim timmy
tobias toby
tracey tracy trace
valerie val
vanessa nessa
veronica ronnie vera
victor vic
victoria vicky vicki tori vic
vincent vince vinny
virginia ginny ginger
vivian vivienne viv
walter wally walt
wendy wend
wilfred wilf
william will bill billy willie willy liam
winifred winnie freda
yolanda yoli
zachary zach zack zac
agnieszka aga
aleksandra ola
francisco paco pancho
guillermo memo
ignatius iggy
jesus chuy
jose pepe
juan juanito
katarzyna kasia
malgorzata gosia
tomasz tomek
aleksander olek
siobhan shiv
ekaterina katya
dmitri dima
mikhail misha
mehmet memo
"""


@cache
def forms(name: str) -> frozenset[str]:
    """The other forms of a first name in lower case; empty for a name that has none here."""
    groups = [line.split() for line in _GROUPS.split("\n") if name in line.split()]
    return frozenset(form for group in groups for form in group) - {name}
