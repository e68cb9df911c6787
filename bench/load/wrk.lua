-- wrk's script: `wrk … -s wrk.lua URL -- <requests per second, 0 for as many as go> <connections> [<method> <body>]`

local rate, connections

function init(args)
  rate, connections = tonumber(args[1]), tonumber(args[2])
  if args[3] then
    wrk.method, wrk.body = args[3], args[4]
  end
  math.randomseed(os.time())
  -- Only where it is wanted: wrk asks for each request whether there is such a function.
  if rate > 0 then delay = pause end
end

-- Requests come when they like, as those of people do (exponential pauses), and not in step.
function pause()
  return math.floor(-math.log(1 - math.random()) * connections / rate * 1000 + 0.5)
end

function done(summary, latency, requests)
  local errors = summary.errors
  local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"failures":%d,"p50":%.3f,"p90":%.3f,"p99":%.3f}\n',
    summary.requests, summary.duration / 1e6, failures,
    latency:percentile(50) / 1e3, latency:percentile(90) / 1e3, latency:percentile(99) / 1e3
  ))
end
