-- What tests/bench/serving.py reads; times in microseconds.
function done(summary, latency, requests)
  local errors = summary.errors
  io.write("REPORT ", summary.requests, " ",
    errors.connect + errors.read + errors.write + errors.timeout, " ", errors.status, " ",
    summary.duration, " ", latency:percentile(50), " ", latency:percentile(95), " ",
    latency:percentile(99), "\n")
end
