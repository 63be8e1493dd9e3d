-- SPDX-License-Identifier: MIT
-- What wrk has measured, as one line of JSON. It defines done() alone, which wrk calls at the end: the load is as without it.

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        "bench-json {\"requests\": %d, \"bytes\": %d, \"microseconds\": %d, " ..
        "\"p50_us\": %d, \"p99_us\": %d, \"p999_us\": %d, \"max_us\": %d, " ..
        "\"connect\": %d, \"read\": %d, \"write\": %d, \"status\": %d, \"timeout\": %d}\n",
        summary.requests, summary.bytes, summary.duration,
        latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max,
        errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
