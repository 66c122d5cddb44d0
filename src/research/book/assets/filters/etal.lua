-- GB/T 7714 writes "et al." where the names are Latin; the style has one word (等) for all languages.
local function chinese(s)
  for _, c in utf8.codes(s) do
    if c >= 0x3400 and c <= 0x9fff and c ~= 0x7b49 then return true end
  end
  return false
end

function Div(entry)
  if not entry.classes:includes("csl-entry") then return nil end
  local latin, done = true, false
  return entry:walk({ Str = function(s)
    if done then return nil end
    if chinese(s.text) then latin, done = false, true end
    if latin and s.text:match("^等%.?,?$") then
      done = true
      return pandoc.Str((s.text:gsub("等", "et al")))
    end
  end })
end
