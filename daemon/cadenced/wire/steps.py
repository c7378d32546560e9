"""What reading a calendar may cost, in steps of about a microsecond each: counted, so that it is the same every time.

Must never know what is read.
"""

from dataclasses import dataclass, field


class UnboundedError(ValueError):
    """It takes more steps than there are, or nobody knows how many."""


@dataclass
class Steps:
    left: int
    _once: set[str] = field(default_factory=set)

    def take(self, count: int) -> None:
        """UnboundedError when there are not so many left."""
        if count > self.left:
            raise UnboundedError
        self.left -= count

    def take_once(self, what: str, count: int) -> None:
        """The same, but for what they were taken for before."""
        if what not in self._once:
            self.take(count)
            self._once.add(what)

    def share(self, most: int) -> "Steps":
        """At most so many of them, for a part of the work. What is left of it is to be brought `back()`."""
        part = Steps(min(most, self.left))
        self.left -= part.left
        return part

    def back(self, part: "Steps") -> None:
        self.left += part.left
