-- SPDX-License-Identifier: MIT
-- Many files, few of them popular: the file of rank r is asked for in proportion to 1 / r (Zipf's law). The ranks are drawn
-- before the load begins, from a fixed seed, so that all servers get the same sequence, each wrk thread its own.
-- Arguments: the number of files.

dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "wrk_report.lua")

local DRAWS = 200000
local STRIDE = 7919 -- a prime: popular files are spread over all folders and sizes
local threads = 0
local texts, sequence, position = {}, {}, 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

local function draw(sums, count)
    local wanted, low, high = math.random() * sums[count], 1, count
    while low < high do
        local middle = math.floor((low + high) / 2)
        if sums[middle] < wanted then
            low = middle + 1
        else
            high = middle
        end
    end
    return low
end

function init(arguments)
    local count = tonumber(arguments[1])
    local sums, sum = {}, 0
    for rank = 1, count do
        local file = rank * STRIDE % count
        texts[rank] = wrk.format("GET", string.format("/mix/%02d/%04d.txt", math.floor(file / 100), file))
        sum = sum + 1 / rank
        sums[rank] = sum
    end
    math.randomseed(1945 + number)
    for i = 1, DRAWS do
        sequence[i] = draw(sums, count)
    end
end

function request()
    position = position % DRAWS + 1
    return texts[sequence[position]]
end
