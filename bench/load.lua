-- wrk script: prepared requests (a line each in $REQUESTS: method TAB path TAB body TAB headers as
-- `Name: value` joined by TAB) in turn. @@@@@@@@ in a body becomes a number never used before ($FIRST on).
-- Figures go to $FIGURES as JSON.
local before, after, count, at = {}, {}, 0, 0
local number = tonumber(os.getenv("FIRST") or "0")

function init()
  for line in io.lines(os.getenv("REQUESTS")) do
    local parts = {}
    for part in (line .. "\t"):gmatch("([^\t]*)\t") do parts[#parts + 1] = part end
    local body = parts[3] ~= "" and parts[3] or nil
    local headers = {}
    if body then headers["Content-Type"] = "application/json" end
    for k = 4, #parts do
      local name, value = parts[k]:match("^([^:]+): (.*)$")
      if name then headers[name] = value end
    end
    local text = wrk.format(parts[1], parts[2], headers, body)
    local from, to = text:find("@@@@@@@@", 1, true)
    count = count + 1
    before[count] = from and text:sub(1, from - 1) or text
    after[count] = from and text:sub(to + 1) or false
  end
end

function request()
  at = at % count + 1
  if not after[at] then return before[at] end
  number = number + 1
  return before[at] .. string.format("%08x", number) .. after[at]
end

function done(summary, latency)
  local e = summary.errors
  local file = io.open(os.getenv("FIGURES"), "w")
  file:write(string.format('{"requests":%d,"us":%d,"p50":%d,"p99":%d,"errors":%d}', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
  file:close()
end
