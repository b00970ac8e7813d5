-- wrk script: sends the requests of $REQUESTS (tab separated: method, path, token, body) in turn.
-- "#########" in a body becomes a number of its own in every request, so that no two made leads are the same person.
local requests, count, at, serial = {}, 0, 0, 0

function init()
  for line in io.lines(os.getenv("REQUESTS")) do
    local method, path, token, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    local headers = { ["Authorization"] = "Bearer " .. token }
    if body == "" then body = nil else headers["Content-Type"] = "application/json" end
    count = count + 1
    requests[count] = wrk.format(method, path, headers, body)
  end
  math.randomseed(os.time())
  serial = math.random(100000000, 899999999)
  at = math.random(count)
end

function request()
  at = at % count + 1
  serial = serial + 1
  return (requests[at]:gsub("#########", serial))
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT{"requests":%d,"us":%d,"p50":%.1f,"p99":%.1f,"errors":%d,"refused":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.timeout, e.status))
end
