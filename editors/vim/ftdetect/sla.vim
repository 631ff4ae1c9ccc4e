autocmd BufNewFile,BufRead *.sla setfiletype sla
