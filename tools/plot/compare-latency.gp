# Latency percentiles against offered load.
# $a, $b: offered pps, delivered pps, p50 and p99 in ps, whether queues were still growing;
# n_unsettled: at how many points they were
set output name.'.svg'
set label 1 'Latency, last bit in to first bit out, against packets offered'
set label 2 short(subtitle, 110)
set xlabel 'offered, million packets per second (Mpps)'
set ylabel 'latency in microseconds'
set logscale y
set format y '%g'
set xrange [0:*]
set yrange [*<1:*]
set bmargin at screen 0.36
set key at screen 0.5, 0.01 bottom center maxrows 4 reverse Left
# Half of the packets are faster than the median, 99 % faster than the 99th percentile.
plot $a using ($1 / 1e6):($4 / 1e6) with lines lw 4 dt 2 lc rgb blue, \
     $b using ($1 / 1e6):($4 / 1e6) with lines lw 4 dt 2 lc rgb red, \
     $a using ($1 / 1e6):($3 / 1e6) with linespoints lw 5 pt 7 ps dot lc rgb blue \
        title 'A: '.short(title_a, 60), \
     $b using ($1 / 1e6):($3 / 1e6) with linespoints lw 5 pt 9 ps 1.1 * dot lc rgb red \
        title 'B: '.short(title_b, 60), \
     NaN with lines lw 4 dt 2 lc rgb grey \
        title 'solid: the median; dashed: 99 % of the packets are faster', \
     $a using ($1 / 1e6):($5 > 0 ? $3 / 1e6 : NaN) with points pt 2 ps 1.5 * dot lw 3 lc rgb black, \
     $b using ($1 / 1e6):($5 > 0 ? $3 / 1e6 : NaN) with points pt 2 ps 1.5 * dot lw 3 lc rgb black, \
     NaN with points pt 2 ps 1.5 * dot lw 3 lc rgb black \
        title n_unsettled > 0 ? 'queues still growing: a longer run would find more' : ''
