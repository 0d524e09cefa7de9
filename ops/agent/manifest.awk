# Makes the manifest of two lists: with kind=sum "<sha256>  tenants/<name>", then with kind=entry
# "<type> <mode> <folder>/<name>". Each line begins with a figure to sort by.

kind == "sum" { sums[$2] = $1; next }

{
  path = substr($0, length($1) + length($2) + 3)
  folder = substr(path, 1, index(path, "/") - 1); name = substr(path, index(path, "/") + 1)
  slug = substr(name, 1, length(name) - 5)
  if ($1 != "f" || substr(name, length(name) - 4) != ".json" || !is_slug(slug)) foreign(folder, name)
  else if (folder == "suspended") marked[slug] = 1
  # What cannot be read is nobody's.
  else if (!(path in sums)) foreign(folder, name)
  else modes[slug] = $2
}

function foreign(folder, name) { gsub(/[^A-Za-z0-9._-]/, "?", name); print "3 foreign " folder " " name }

END {
  for (slug in modes)
    print "1 tenant " slug " " ((slug in marked) ? "suspended" : "live") " " sums["tenants/" slug ".json"] " " modes[slug]
  for (slug in marked) if (!(slug in modes)) foreign("suspended", slug ".json")
}
