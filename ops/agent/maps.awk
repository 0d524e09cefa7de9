# Checks the typed lines of the maps and writes what nginx reads, into the folder `out`. Ends with 65 and one line of
# reason at the first bad line.

BEGIN {
  FS = "[ ]"
  aliases = out "/aliases.map"; domains = out "/domains.map"; limits = out "/limits.map"
  planned = out "/planned.map"; names = out "/names.conf"; zones = out "/zones.conf"; bursts = out "/bursts.conf"
  # nginx includes them by name, so all must be there.
  printf "" > aliases; printf "" > domains; printf "" > limits
  printf "" > planned; printf "" > names; printf "" > zones; printf "" > bursts
  known["standard"] = 1
}

function bad(reason) { printf "bad line %d: %s\n", NR, reason > "/dev/stderr"; failed = 65; exit failed }
function is_plan(word) { return length(word) >= 3 && length(word) <= 20 && word ~ /^[a-z]+$/ }
function is_number(word, most) { return word ~ /^[1-9][0-9]*$/ && length(word) <= 5 && word + 0 <= most }

function is_host(word,    labels, count, i) {
  if (length(word) > 253 || word !~ /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/) return 0
  count = split(word, labels, ".")
  for (i = 1; i <= count; i++) if (length(labels[i]) > 63) return 0
  # An address is no name.
  return labels[count] !~ /^[0-9]+$/
}

# nginx gives these words a meaning of their own in a map, unless they are escaped.
function key(word) { return (word == "default" || word == "include" || word == "hostnames" || word == "volatile") ? "\\" word : word }

function once(what) { if (what in seen) bad("it is named twice"); seen[what] = 1 }

$1 == "alias" {
  if (NF != 3 || !is_slug($2) || !is_slug($3) || $2 == $3) bad("an alias is two different slugs")
  once("alias " $2)
  print key($2) " " $3 ";" > aliases
  next
}
$1 == "domain" {
  if (NF != 3 || !is_host($2) || !is_slug($3)) bad("a domain is a host name and a slug")
  once("domain " $2)
  print $2 " " $3 ";" > domains
  print "server_name " $2 ";" > names
  next
}
$1 == "limit" {
  if (NF != 3 || !is_slug($2) || !is_plan($3)) bad("a limit is a slug and a plan")
  once("limit " $2)
  used[$3] = NR
  print key($2) " " $3 ";" > limits
  next
}
$1 == "plan" {
  if (NF != 4 || !is_plan($2) || !is_number($3, 10000) || !is_number($4, 20000))
    bad("a plan is a code, 1 to 10000 requests per second and a burst of 1 to 20000")
  once("plan " $2)
  if (++plans > 20) bad("there may be 20 plans")
  known[$2] = 1
  print key($2) " \"\";" > planned
  # Requests of other plans have an empty key, which counts for nothing.
  print "map $tenant_plan $in_plan_" $2 " { default \"\"; " key($2) " $tenant_slug; }" > zones
  print "limit_req_zone $in_plan_" $2 " zone=plan_" $2 ":1m rate=" $3 "r/s;" > zones
  print "limit_req zone=plan_" $2 " burst=" $4 " nodelay;" > bursts
  next
}
{ bad("a line begins with alias, domain, limit or plan") }

END {
  if (failed) exit failed
  for (plan in used) if (!(plan in known)) { NR = used[plan]; bad("there is no such plan") }
}
