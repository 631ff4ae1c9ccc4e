" Vim syntax file
" Language: service level agreements (.sla)
" Written by `SLA_UPDATE=1 cargo test --test it editors::`.

if exists("b:current_syntax")
  finish
endif

syn case match

syn keyword slaStatement address allow amend assumption benefit bonus calendar cap claim closed commitment confidentiality
syn keyword slaStatement contact contract credit credits customer definition description drop earn enum escalate exclude
syn keyword slaStatement excludes expect fact fee given guarantee hours ignore improvement includes indemnification indemnity
syn keyword slaStatement jurisdiction law liability maintenance metric minimum missing needs note objective ola open
syn keyword slaStatement owner package privacy procedure process provider purpose relax report requirement responsibility review
syn keyword slaStatement satisfies scope security service severity sla source support table team term terminate
syn keyword slaStatement test tier unit use uses waive warranty zone
syn keyword slaClause above after and any as at back because below better between breached
syn keyword slaClause by counts default down during each elect else every exact except extend
syn keyword slaClause extends first fixed follows for from full has highest if in kept
syn keyword slaClause lasting limit measured met misses monthly next not notice of on once
syn keyword slaClause or otherwise outside over overlaps pausing pay payout pays pending per plus
syn keyword slaClause previous regardless remedy renews resolve respond rolling rounded row skip split started
syn keyword slaClause symmetric then throughout to under unless up update weight when where whole
syn keyword slaClause window within worst yearly
syn keyword slaType Customer Service Severity boolean data date duration events money number rate series
syn keyword slaType spans text time
syn keyword slaConstant always false true

syn match slaFunction /\v<(p[0-9]+(\.[0-9]+)?|percentile|distinct|downtime|failures|elapsed|overlap|median|uptime|count|floor|holds|share|ceil|days|mean|runs|span|time|max|min|sum)\ze\s*\(/
syn match slaNumber /\v<[0-9][0-9_]*(\.[0-9_]+)?(\s*\%|[ \t]*(working\s+days|working\s+day|quarters|quarter|months|hours|month|weeks|years|Gbit|Mbit|Tbit|days|hour|kbit|week|year|GiB|KiB|MiB|PiB|TiB|bit|day|min|GB|KB|MB|PB|TB|kB|ms|ns|us|B|h|s|[A-Z]{3})(\/\w+)?>)?/
syn match slaDate /\v<[0-9]{4}-(Q[1-4]|[0-9]{2}(-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)>/
syn match slaClock /\v<[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?>/
syn match slaField /\v<\w+\ze\s*:/
syn region slaString start=/"/ skip=/\\./ end=/"/ oneline
syn match slaComment /\/\/.*$/ contains=@Spell
syn match slaDoc /\/\/\/.*$/ contains=@Spell

hi def link slaStatement Statement
hi def link slaClause Keyword
hi def link slaType Type
hi def link slaConstant Boolean
hi def link slaFunction Function
hi def link slaNumber Number
hi def link slaDate Number
hi def link slaClock Number
hi def link slaField Identifier
hi def link slaString String
hi def link slaComment Comment
hi def link slaDoc SpecialComment

let b:current_syntax = "sla"
