-- Refuses a JSON body with a field that the contract does not know: the transcoder would drop it without a word, and a misspelt field would pass for one
-- that was left out. Placed behind tables made from the contracts (`make generate` writes both as generated/bodies.lua):
--   SHAPES   message name -> field name -> the message name of its values, or true where anything may stand
--   EXACT    "METHOD path" -> message name;  PATTERNS  {method, pattern, message name}, for paths with variables
-- A body that is no JSON passes: the transcoder refuses it and says where.

local DEEPEST = 32

local function skip(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

-- The position after the string that starts at `at`, or nil.
local function after_string(text, at)
  at = at + 1
  while true do
    local found = text:find('["\\]', at)
    if not found then return nil end
    if text:byte(found) == 34 then return found + 1 end
    at = found + 2
  end
end

-- The position after the value at `at`, or nil where it is malformed; with a second result, the path of a field that nobody knows.
local function check(text, at, shape, path, depth)
  at = skip(text, at)
  local first = text:sub(at, at)
  if depth > DEEPEST then return nil end
  if first == '"' then return after_string(text, at) end
  if first == "{" then
    local fields = SHAPES[shape]
    at = skip(text, at + 1)
    if text:sub(at, at) == "}" then return at + 1 end
    while true do
      if text:sub(at, at) ~= '"' then return nil end
      local stop = after_string(text, at)
      if not stop then return nil end
      local name = text:sub(at + 1, stop - 2)
      local inner = true
      if fields then
        inner = fields[name]
        if inner == nil then return nil, path .. name end
      end
      at = skip(text, stop)
      if text:sub(at, at) ~= ":" then return nil end
      local unknown
      at, unknown = check(text, at + 1, inner, path .. name .. ".", depth + 1)
      if not at then return nil, unknown end
      at = skip(text, at)
      local mark = text:sub(at, at)
      if mark == "}" then return at + 1 end
      if mark ~= "," then return nil end
      at = skip(text, at + 1)
    end
  end
  if first == "[" then
    at = skip(text, at + 1)
    if text:sub(at, at) == "]" then return at + 1 end
    while true do
      local unknown
      at, unknown = check(text, at, shape, path, depth + 1)
      if not at then return nil, unknown end
      at = skip(text, at)
      local mark = text:sub(at, at)
      if mark == "]" then return at + 1 end
      if mark ~= "," then return nil end
      at = at + 1
    end
  end
  local stop = select(2, text:find("^[%w+.-]+", at))
  return stop and stop + 1
end

local function shape_of(method, path)
  local found = EXACT[method .. " " .. path]
  if found then return found end
  for _, entry in ipairs(PATTERNS) do
    if entry[1] == method and path:find(entry[2]) then return entry[3] end
  end
end

-- Whether the text is UTF-8 as RFC 3629 has it.
local function is_utf8(text)
  local at = 1
  while true do
    at = text:find("[\128-\255]", at)
    if not at then return true end
    local first, second = text:byte(at, at + 1)
    local more = first >= 0xC2 and first <= 0xDF and 1 or first >= 0xE0 and first <= 0xEF and 2 or first >= 0xF0 and first <= 0xF4 and 3
    if not more or not second then return false end
    if first == 0xE0 and second < 0xA0 or first == 0xED and second > 0x9F or first == 0xF0 and second < 0x90 or first == 0xF4 and second > 0x8F then return false end
    for offset = 1, more do
      local byte = text:byte(at + offset)
      if not byte or byte < 0x80 or byte > 0xBF then return false end
    end
    at = at + more + 1
  end
end

function envoy_on_request(handle)
  local headers = handle:headers()
  if (headers:get("content-type") or ""):sub(1, 16) == "application/grpc" then return end
  local shape = shape_of(headers:get(":method"), (headers:get(":path") or ""):match("^[^?]*"))
  if not shape then return end
  local body = handle:body() -- all of it; past the listener's limit Envoy answers 413
  if not body then return end
  local text = body:getBytes(0, body:length())
  if not is_utf8(text) then
    body:setBytes("not UTF-8") -- for the transcoder to refuse, which would quote the bytes in its answer otherwise
    return
  end
  local _, unknown = check(text, 1, shape, "", 0)
  if unknown then
    handle:respond({[":status"] = "400", ["content-type"] = "text/plain"}, unknown:gsub('[%c"\\]', "?"):sub(1, 100))
  end
end
