# How many packets take longer than so long: in total, and in each stage.
# $longer: a block for each, its name, then ps, packets that take longer, of how many; n_blocks;
# n_packets: in total
set output name.'.svg'
set label 1 'Latency: how many packets take longer than so long'
set label 2 short(subtitle, 110)
set logscale xy
set xlabel 'microseconds (in total: last bit in to first bit out; stage: time spent in it)'
set ylabel 'packets that take longer'
set format x '%g'
set format y '%g %%'
lowest = 10 ** floor(log10(100.0 / n_packets))
set yrange [lowest < 0.0001 ? 0.0001 : lowest : 150]
set xrange [0.01<*:*]
set rmargin at screen 0.8
set key at screen 0.81, 0.84 top left reverse Left

array colours[8] = [black, blue, red, green, orange, sky, purple, grey]
plot for [i = 0:n_blocks - 1] $longer index i using ($1 / 1e6):(100.0 * ($2 > 0 ? $2 : 1e-9) / $3) \
    with steps lw (i == 0 ? 6 : 3) lc rgb colours[i % 8 + 1] title columnheader(1)
