# Checks the lines of a bundle, writes each store's bytes to <slug>.json in the folder `out`, and prints
# "<slug> <what it is to become> <what it replaces>" a line. Ends with 65 and one line of reason at the first bad line.

# Words are taken from the left; what is left of the line is the JSON, blanks and all.
function word(    end, taken) {
  end = index(rest, " ")
  if (!end) { taken = rest; rest = ""; return taken }
  taken = substr(rest, 1, end - 1); rest = substr(rest, end + 1)
  return taken
}

function bad(who, reason) { print "bad " who ": " reason > "/dev/stderr"; failed = 65; exit failed }
function is_sha256(text) { return length(text) == 64 && text ~ /^[0-9a-f]+$/ }
function is_expectation(text) {
  if (text == "absent" || text == "any") return 1
  return text ~ /^(live|suspended):/ && is_sha256(substr(text, index(text, ":") + 1))
}

# Enough to refuse a mix-up; the console has checked the schema, and its probe reads what is really served.
function is_json_of(slug, text,    key) {
  key = "\"slug\":\"" slug "\""
  return text ~ /^\{/ && text ~ /\}$/ && (index(text, key ",") || index(text, key "}"))
}

{
  if (NR > most_lines) { print "a bundle has at most " most_lines " lines" > "/dev/stderr"; failed = 65; exit failed }
  rest = $0; verb = word(); slug = word()
  if (!is_slug(slug)) bad("line " NR, "the slug must be 3 to 40 of a-z, 0-9 and single hyphens")
  if (slug in named) bad(slug, "it is named twice")
  named[slug] = 1
  if (verb == "put") {
    state = word(); sha256 = word(); expected = word()
    if (state != "live" && state != "suspended") bad(slug, "the state must be live or suspended")
    if (!is_sha256(sha256)) bad(slug, "the sha256 must be 64 hexadecimal digits")
    if (length(rest) > most_bytes) bad(slug, "a store's file has at most " most_bytes " bytes")
    target = state ":" sha256
  } else if (verb == "remove") {
    expected = rest; target = "absent"
  } else bad(slug, "a change is put or remove")
  if (!is_expectation(expected)) bad(slug, "what to replace must be absent, any, live:<sha256> or suspended:<sha256>")
  if (verb == "put") {
    if (!is_json_of(slug, rest)) bad(slug, "this is not the JSON of that store")
    file = out "/" slug ".json"
    ORS = ""; print rest > file; ORS = "\n"
    if (close(file)) exit 2
  }
  print slug " " target " " expected
}

END { if (failed) exit failed }
