# How busy everything was: the busiest of each kind as a bar, the mean of the kind as a mark.
# $busy: name, mean ppm, most ppm, is the bottleneck, how many; n_rows
set output name.'.svg'
set label 1 'How busy every part was'
set label 2 short(subtitle, 110)
set xlabel 'share of the time it was busy'
set format x '%g %%'
set xrange [0:118]
set xtics 0, 20, 100
set yrange [n_rows - 0.4 : -0.6]
set ytics scale 0
set grid noy
set style fill solid noborder
set bmargin at screen 0.24
set key at screen 0.5, 0.01 bottom center maxrows 1 reverse Left width -4
limit = 0xD55E00
other = 0x0072B2
plot $busy using ($3 / 2e4):0:($3 / 2e4):(0.36):($4 != 0 ? limit : other):ytic(1) \
        with boxxyerror lc rgb variable, \
     NaN with boxes lc rgb other title 'the busiest of its kind', \
     NaN with boxes lc rgb limit title 'the bottleneck', \
     $busy using ($5 > 1 && $3 > 0 ? $2 / 1e4 : NaN):0 with points pt 9 ps 1.1 * dot lc rgb black title 'mean of its kind', \
     $busy using ($3 / 1e4):0:(sprintf('%.1f %%', $3 / 1e4)) \
        with labels left offset 1,0 textcolor rgb black
