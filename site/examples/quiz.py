"""Quiz: the teacher's page asks, and sees at once what every pupil's page answers."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from pyscript import display, when, window
from pyscript.web import page, td, tr

from peerscript import Member, Peer, Room, page_identity

questions: list[str] = []
solutions: list[str] = []


@dataclass
class Pupil:
    member: Member
    answers: dict[int, str] = field(default_factory=dict[int, str])  # by the question's number

    @property
    def answer(self) -> str:
        return self.answers.get(len(questions), "")

    @property
    def points(self) -> int:
        given = self.answers.items()
        return sum(text.casefold() == solutions[number - 1] != "" for number, text in given)


async def teach(peer: Peer) -> None:
    pupils: dict[str, Pupil] = {}  # whoever has been here, by the ID of their page
    async with Room(peer) as room:
        page["link"].hash = f"{peer.id}.{room.invite.secret}"
        display(page["link"].href, target="link")
        page["ask"].hidden = page["class"].hidden = False

        @room.on("join")
        @room.on("reload")
        async def welcome(member: Member) -> None:
            pupils.setdefault(member.id, Pupil(member)).member = member
            show()
            if questions:
                await member.send([len(questions), questions[-1]])

        @when("submit", "#ask")
        def ask() -> None:
            questions.append(page["next"].value)
            solutions.append(page["solution"].value.strip().casefold())
            page["next"].value = page["solution"].value = ""
            room.broadcast([len(questions), questions[-1]])
            show()

        @room.on("change")
        def show() -> None:
            page["roster"].replaceChildren()
            for pupil in pupils.values():
                here = "here" if pupil.member.connected else "away"
                proved = "yes" if pupil.member.verified else "no"
                cells = (pupil.member.name, pupil.answer, str(pupil.points), here, proved)
                # As text, since td("…") takes HTML, and a name may have some in it.
                page["roster"].append(tr(*(td(textContent=cell) for cell in cells)))
            given = Counter(pupil.answer for pupil in pupils.values() if pupil.answer)
            tally = ", ".join(f"{count} × {answer}" for answer, count in given.most_common())
            page["tally"].textContent = f"Answers: {given.total()}. {tally}"
            asked = f"Question {len(questions)}: {questions[-1]}" if questions else "Ask something."
            page["status"].textContent = f"Pupils here: {len(room.members)}. {asked}"

        show()
        async for member, message in room.messages():
            match message:  # a pupil's page may send anything
                case [int(number), str(answer)] if number == len(questions) > 0:
                    pupils[member.id].answers[number] = answer.strip()[:200]
                    show()
                case _:
                    print("This is no answer to the question:", message)


async def take_part(peer: Peer, teacher_id: str, secret: str) -> None:
    async with Room.join(peer, teacher_id, secret, name=await own_name()) as teacher:
        page["status"].textContent = "Wait for the first question."

        @when("submit", "#reply")
        async def reply() -> None:
            await teacher.send([number, page["answer"].value])
            page["status"].textContent = f"Your answer: {page['answer'].value}. You may change it."

        async for number, question in teacher:
            page["status"].textContent = f"Question {number}"
            page["question"].textContent = question
            page["answer"].value = ""
            page["reply"].hidden = False
    page["reply"].hidden = True
    page["status"].textContent = "The quiz is over."


async def own_name() -> str:
    name: str = window.sessionStorage.getItem("name") or ""  # from before a reload
    if not name:
        page["join"].hidden = False
        page["status"].textContent = "Who are you?"
        named = asyncio.Event()
        when("submit", "#join")(named.set)
        await named.wait()
        page["join"].hidden = True
        name = page["name"].value
        window.sessionStorage.setItem("name", name)
    return name


async def main() -> None:
    me = await page_identity()  # the same after a reload
    async with Peer(me.id, token=me.token) as peer:
        teacher_id, _, secret = window.location.hash[1:].partition(".")
        if secret:  # this page was opened by a link
            await take_part(peer, teacher_id, secret)
        else:
            await teach(peer)


await main()  # type: ignore[top-level-await]  # PyScript allows it
