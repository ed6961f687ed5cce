-- Heartbeats of nodes that hold a seat already: wrk -s heartbeats.lua URL -- PREFIX NODES_PER_THREAD POOL|- cycle|static
-- Each thread has its own nodes and goes round them; "static" sends one node's request, which spares wrk the call into Lua.
local threads = 0

function setup(thread)
  thread:set("index", threads)
  threads = threads + 1
end

function init(args)
  local prefix, nodes = args[1], tonumber(args[2])
  local headers = {}
  if args[3] ~= "-" then headers["Relay-Pool"] = args[3] end
  local ready = {}
  for i = 1, nodes do
    local name = string.format("node-%s-%012d", prefix, index * nodes + i - 1)
    ready[i] = wrk.format("PUT", "/v1/nodes/" .. name, headers)
  end
  if args[4] == "static" then
    wrk.method, wrk.path, wrk.headers = "PUT", string.format("/v1/nodes/node-%s-%012d", prefix, index * nodes), headers
    return
  end
  local at = 0
  function request()
    at = at % nodes + 1
    return ready[at]
  end
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("bench requests=%d micros=%d broken=%d status=%d p50=%d p99=%d max=%d\n",
    summary.requests, summary.duration, e.connect + e.read + e.write + e.timeout, e.status,
    latency:percentile(50), latency:percentile(99), latency.max))
end
