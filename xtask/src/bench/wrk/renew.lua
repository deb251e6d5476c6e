-- Renewals: every request presents the refresh token that an earlier answer gave.
-- Arguments: the file of the tokens, and the number of threads. Each thread has tokens of its own
-- and one connection, so that no two requests present the same one. At the end the file holds the
-- successors.

local headers = { ["Content-Type"] = "application/json" }

function init(args)
  file, tokens, turn, refused = args[1], {}, 1, 0
  headers["User-Agent"] = wrk.headers["User-Agent"]
  local number = 0
  for line in io.lines(file) do
    if number % tonumber(args[2]) == id then
      table.insert(tokens, line)
    end
    number = number + 1
  end
end

function request()
  return wrk.format("POST", "/api/token/refresh/", headers, '{"refresh":"' .. tokens[turn] .. '"}')
end

function response(status, _, body)
  local successor = status == 200 and body:match('"refresh"%s*:%s*"([^"]+)"')
  if successor then
    tokens[turn] = successor
    turn = turn % #tokens + 1
  elseif status == 200 then
    refused = refused + 1
  end
end

function finish(threads)
  local held = io.open(threads[1]:get("file"), "w")
  for _, thread in ipairs(threads) do
    for _, token in ipairs(thread:get("tokens")) do
      held:write(token, "\n")
    end
  end
  held:close()
end
