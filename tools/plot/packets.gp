# What became of the packets offered.
# $fate: name, ppm of offered, kind (0 delivered, 1 lost, 2 more inside at the end
# than at the start); n_rows
set output name.'.svg'
set label 1 'Where the packets went'
set label 2 short(subtitle, 110)
set xlabel 'share of the packets offered'
set format x '%g %%'
set lmargin at screen 0.38
set xrange [0:118]
set xtics 0, 20, 100
set yrange [n_rows - 0.4 : -0.6]
set ytics scale 0
set grid noy
set style fill solid noborder
array colours[3] = [0x0072B2, 0xD55E00, 0x767676]
plot $fate using ($2 / 2e4):0:($2 / 2e4):(0.36):(colours[int($3) + 1]):ytic(1) \
        with boxxyerror lc rgb variable, \
     $fate using ($2 / 1e4):0:(percent($2)) \
        with labels left offset 0.6,0 textcolor rgb black
