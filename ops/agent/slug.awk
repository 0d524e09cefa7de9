# The slug law, for the agent's other awk files. Plain awk: mawk knows no {n,m}.
function is_slug(word) { return length(word) >= 3 && length(word) <= 40 && word ~ /^[a-z0-9]+(-[a-z0-9]+)*$/ }
