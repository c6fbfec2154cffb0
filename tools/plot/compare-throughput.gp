# Delivered against offered load.
# $a, $b: offered pps, delivered pps, ...; rate_a, limit_a (empty: none), ...: what is said
# at the end of a line; end_a_pps, ...: how high that is
set output name.'.svg'
set label 1 'Packets delivered, against packets offered'
set label 2 short(subtitle, 110)
set xlabel 'offered, million packets per second (Mpps)'
set ylabel 'delivered, Mpps'
set xrange [0:*]
set yrange [0:*]
set bmargin at screen 0.30
set key at screen 0.5, 0.01 bottom center maxrows 3 reverse Left

# What is said stands between two lines that are far apart, and outside of two that are close.
high = end_a_pps > end_b_pps ? end_a_pps : end_b_pps
close = abs(end_a_pps - end_b_pps) < 0.4 * high
above_a = (end_a_pps < end_b_pps) != close
end(rate, limit) = strlen(limit) > 0 ? rate.", limited by\n".limit : ''
set label 3 end(rate_a, limit_a) at graph 0.98, first end_a_pps / 1e6 right \
    offset 0, above_a ? 2.4 : -1.3 textcolor rgb blue
set label 4 end(rate_b, limit_b) at graph 0.98, first end_b_pps / 1e6 right \
    offset 0, above_a ? -1.3 : 2.4 textcolor rgb red

plot $a using ($1 / 1e6):($1 / 1e6) with lines dt 2 lw 3 lc rgb grey \
        title 'everything offered is delivered', \
     $a using ($1 / 1e6):($2 / 1e6) with linespoints lw 5 pt 7 ps dot lc rgb blue \
        title 'A: '.short(title_a, 60), \
     $b using ($1 / 1e6):($2 / 1e6) with linespoints lw 5 pt 9 ps 1.1 * dot lc rgb red \
        title 'B: '.short(title_b, 60)
