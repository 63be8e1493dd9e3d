-- SPDX-License-Identifier: MIT
-- Two files: the second is asked for by one request of so many, by chance, from a fixed seed.
-- Arguments: the second path, and of how many requests it gets one.

dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "wrk_report.lua")

local threads = 0
local usual, other, share

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(arguments)
    usual = wrk.format("GET")
    other = wrk.format("GET", arguments[1])
    share = tonumber(arguments[2])
    math.randomseed(1945 + number)
end

function request()
    return math.random(share) == 1 and other or usual
end
