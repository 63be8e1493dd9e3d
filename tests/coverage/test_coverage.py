# SPDX-License-Identifier: MIT
"""Whether the lines are counted right, and too few of them are told of; what gcovr has seen is made up."""

import unittest

import counting


def lines(count_of_first, *counts):
    return [{"line_number": number, "count": count, "gcovr/noncode": count is None}
            for number, count in enumerate((count_of_first, *counts), 1)]


def report(**files):
    return {"files": [{"file": name.replace("__", "/") + ".c", "lines": found} for name, found in files.items()]}


class Counting(unittest.TestCase):
    def test_a_line_counts_once_however_often_its_file_was_compiled(self):
        twice = {"files": report(http__a=lines(0, 0, 7))["files"] + report(http__a=lines(1, 0, 0))["files"]}
        rooms = counting.count_rooms(counting.read_lines(twice))
        self.assertEqual((rooms["http"].run, rooms["http"].lines), (2, 3))

    def test_lines_without_code_do_not_count(self):
        rooms = counting.count_rooms(counting.read_lines(report(http__a=lines(None, 1, None))))
        self.assertEqual((rooms["http"].run, rooms["http"].lines), (1, 1))

    def test_a_room_holds_what_is_beneath(self):
        rooms = counting.count_rooms(counting.read_lines(
            report(http__a=lines(1), http__base__b=lines(0, 0), server__c=lines(1))))
        self.assertEqual({name: (room.run, room.lines) for name, room in rooms.items()},
                         {"http": (1, 3), "http/base": (0, 2), "server": (1, 1), "all": (2, 4)})

    def test_too_few_are_told_by_room(self):
        enough = counting.count_rooms(counting.read_lines(report(http__a=lines(*[1] * 19, 0))))
        self.assertEqual(counting.too_few(enough), [])
        rooms = counting.count_rooms(counting.read_lines(report(http__a=lines(*[1] * 18, 0, 0), server__b=lines(1))))
        self.assertEqual(counting.too_few(rooms), ["http: 90.00 % of the lines are run, and 95 % are wanted"])
        rooms = counting.count_rooms(counting.read_lines(report(http__a=lines(1), server__b=lines(0))))
        self.assertEqual(counting.too_few(rooms), ["all: 50.00 % of the lines are run, and 90 % are wanted"])

    def test_no_line_at_all_is_not_enough(self):
        self.assertEqual(len(counting.too_few(counting.count_rooms({}))), 2)


if __name__ == "__main__":
    unittest.main()
