"""The words of an answer, in English and in German: what they mean, and which ones only make it friendly.

Owns these lists. All are in small letters, without apostrophes and punctuation. Must never know how a mail is read.
"""

from collections.abc import Mapping
from enum import StrEnum


class Meant(StrEnum):
    """What one line of a mail says."""

    YES = "yes"
    NO = "no"
    CHOOSE = "choose"  # a number: of an offer, or how it goes
    MET = "met"
    NOT_MET = "not met"
    SKIP = "skip"
    MOVE = "move"
    DONE = "done"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    HELP = "help"
    TODO = "todo"
    FRIENDLY = "friendly"  # and no more
    UNCLEAR = "not understood"


_ENGLISH: Mapping[Meant, str] = {
    Meant.YES: "yes|yep|yeah|yup|ok|okay|k|fine|sure|of course|that works|works|works for me"
    "|that works for me|agreed|sounds good|fine with me|thats fine|im in|ill be there|see you then|accepted"
    "|i accept|confirmed|i can",
    Meant.NO: "no|nope|cant|cannot|i cant|i cannot|cant make it|cannot make it|i cant make it"
    "|i cannot make it|doesnt work|that doesnt work|doesnt work for me|that doesnt work for me|wont work"
    "|that wont work|none|none of them|none of these|i wont make it|not possible|declined|i decline",
    Meant.MET: "met|we met|we have met|weve met|yes we did|it took place|it happened",
    Meant.NOT_MET: "didnt meet|did not meet|we didnt meet|we did not meet|we havent met|we have not met|not met"
    "|no we didnt|no we did not|it didnt take place|it did not take place|it didnt happen|it did not happen",
    Meant.SKIP: "skip|skip it|skip this|skip this one|skip this time|skip this meeting|lets skip|lets skip it"
    "|lets skip this one|skip the meeting",
    Meant.DONE: "done|all done|its done|it is done|finished|completed|i did it|ive done it|i have done it",
    Meant.PAUSE: "pause|pause it|pause this|pause us|take a break",
    Meant.RESUME: "resume|unpause|go on|carry on|continue|lets resume|lets continue|lets go on",
    Meant.STOP: "stop|unsubscribe|stop it|stop mail|stop mails|stop emails|stop all mail|stop all mails"
    "|no more mail|no more mails|no more emails|stop sending me mails|stop sending me emails|unsubscribe me"
    "|opt out",
    Meant.HELP: "help|help me|i need help",
}
_GERMAN: Mapping[Meant, str] = {
    Meant.YES: "ja|jo|jawohl|passt|passt mir|passt gut|passt mir gut|das passt|das passt mir|das passt gut"
    "|geht|geht klar|das geht|gern|gerne|klar|na klar|sehr gern|sehr gerne|einverstanden|in ordnung|alles klar"
    "|bin dabei|ich bin dabei|ich komme|zusage|ich sage zu|bis dann",
    Meant.NO: "nein|nee|nö|ne|geht nicht|das geht nicht|geht bei mir nicht|das geht bei mir nicht"
    "|kann nicht|ich kann nicht|kann da nicht|ich kann da nicht|da kann ich nicht|passt nicht|passt mir nicht"
    "|das passt nicht|das passt mir nicht|nicht|absage|ich sage ab|ich muss absagen|muss absagen|keiner"
    "|keiner davon|keine|keine davon",
    Meant.MET: "getroffen|wir haben uns getroffen|haben uns getroffen|hat stattgefunden|es hat stattgefunden",
    Meant.NOT_MET: "nicht getroffen|wir haben uns nicht getroffen|haben uns nicht getroffen"
    "|hat nicht stattgefunden|es hat nicht stattgefunden",
    Meant.SKIP: "ausfallen|ausfallen lassen|fällt aus|das fällt aus|es fällt aus|diesmal ausfallen lassen"
    "|entfällt|lassen wir ausfallen|überspringen",
    Meant.DONE: "erledigt|fertig|ist erledigt|habe ich erledigt|hab ich erledigt|ist fertig|alles erledigt|gemacht",
    Meant.PAUSE: "pause|pausieren|pause machen",
    Meant.RESUME: "weiter|weitermachen|fortsetzen|es geht weiter|wir machen weiter|weiter gehts",
    Meant.STOP: "stopp|abmelden|abbestellen|austragen|keine mails mehr|keine e-mails mehr|keine emails mehr"
    "|melde mich ab",
    Meant.HELP: "hilfe|ich brauche hilfe|brauche hilfe",
}
LANGUAGES: tuple[Mapping[Meant, str], ...] = (_ENGLISH, _GERMAN)
_ORDINALS = (
    "first|1st|the first|the first one|first one|der erste|erster|den ersten|das erste|die erste",
    "second|2nd|the second|the second one|second one|der zweite|zweiter|den zweiten|das zweite|die zweite",
    "third|3rd|the third|the third one|third one|der dritte|dritter|den dritten|das dritte|die dritte",
)
# what may stand before a number
COUNTED = "option|number|nummer|nr|vorschlag|termin|time|slot|choice|antwort|answer|variante|möglichkeit"
# may stand anywhere in an answer: it neither turns it round nor limits it
POLITE = (
    *(
        "thank you very much",
        "thank you so much",
        "thank you",
        "thanks a lot",
        "thanks so much",
        "many thanks",
        "thanks",
    ),
    *("vielen herzlichen dank", "vielen lieben dank", "vielen dank", "herzlichen dank", "besten dank", "lieben dank"),
    *("danke sehr", "danke schön", "dankeschön", "danke dir", "danke euch", "danke", "dank dir", "merci", "thx", "ty"),
    *("im sorry", "i am sorry", "so sorry", "sorry", "tut mir leid", "es tut mir leid", "unfortunately", "im afraid"),
    *("have a nice day", "have a good day", "have a great day", "have a nice evening", "have a nice weekend"),
    *(
        "have a good weekend",
        "have a great weekend",
        "schönen tag noch",
        "schönen tag",
        "schönen abend",
        "schöne woche",
    ),
    *("schönes wochenende", "much appreciated"),
    *("leider", "please", "pls", "bitte", "bitte sehr", "entschuldigung", "sry"),
)
# what somebody thanks for, behind the thanks
THANKED = (
    r"(?:for|für|fürs)\s(?:(?:this|that|it|everything|all|alles|letting me know|reminding me)"
    r"|(?:(?:the|your|this|all the|die|deine|das|den|deinen|eure)\s)?(?:mail|email|e-mail|message|infos?|information"
    r"|reminder|update|invitation|invite|agenda|notes|summary|help|heads up|nachricht|einladung|erinnerung"
    r"|rückmeldung|hilfe|zusammenfassung|übersicht|planung))"
)
SIGNED = frozenset(
    {"lg", "vg", "mfg", "bg", "liebe grüße", "viele grüße", "beste grüße", "schöne grüße", "herzliche grüße", "grüße"}
    | {"gruß", "mit freundlichen grüßen", "freundliche grüße", "best", "best wishes", "best regards", "kind regards"}
    | {"regards", "cheers", "all the best", "yours", "warm regards"}
)
APPROVING = frozenset("👍👌🙏🙂😊😀😃😄🎉❤👏💪✅✔")  # alone they mean what a friendly word means
# may stand beside an answer, but is one by itself, or could be
FRIENDLY = frozenset(
    {"great", "perfect", "super", "prima", "wunderbar", "cool", "gern", "gerne", "klar", "excellent", "lovely", "toll"}
    | {
        "looking forward",
        "looking forward to it",
        "i look forward to it",
        "see you then",
        "see you",
        "bis dann",
        "freue mich",
    }
    | {"got it", "noted", "received", "understood", "notiert", "ist notiert", "verstanden", "angekommen", "well noted"}
    | {"ich freue mich", "freu mich", "bis bald", "great idea", "gute idee", "no problem", "kein problem"}
)
GREETINGS = (
    "hi|hello|hallo|hey|dear|liebe|lieber|liebes|good morning|good evening|guten morgen|guten tag|guten abend|moin"
    "|servus|grüezi"
)
TODO = r"to-?\s?do|homework|hausaufgabe|aufgabe"
MOVE = (
    r"(?:(?:can|could|shall) we |lets |können wir |könnten wir |lass uns )?"
    r"(?:(?:move|reschedule|shift|postpone)(?: it| this| us| the meeting| our meeting| this meeting| the call)? to"
    r"|(?:verschieben?|verlegen?)(?: es| das| das treffen| den termin| unser treffen| den anruf)? auf)\s(?P<when>.+)"
    r"|(?:(?:es|das treffen|den termin) )?auf (?P<when2>.+) (?:verschieben|verlegen)"
)
PAUSE = (
    r"(?:pause|paused|pausieren|pausiere|take a break)(?: it| this| us)?"
    r" (?:until|till|til|bis(?: zum)?)(?P<until>\s.+)?"
)


def _by_phrase() -> dict[str, Meant]:
    return {phrase: meant for each in LANGUAGES for meant, phrases in each.items() for phrase in phrases.split("|")}


ANSWERS: Mapping[str, Meant] = _by_phrase()
NUMBERS: Mapping[str, int] = {word: n for n, words in enumerate(_ORDINALS, 1) for word in words.split("|")}
