# How busy the busiest of each kind was at the highest load, A above B.
# $busy: kind, A ppm, B ppm (-1: has none); n_rows
set output name.'.svg'
set label 1 'How busy the busiest of each kind was, at the highest load'
set label 2 short(subtitle, 110)
set xlabel 'share of the time it was busy'
set format x '%g %%'
set xrange [0:110]
set xtics 0, 20, 100
set yrange [n_rows - 0.4 : -0.6]
set ytics scale 0
set grid noy
set style fill solid noborder
set bmargin at screen 0.28
set key at screen 0.5, 0.01 bottom center maxrows 2 reverse Left
shown(ppm) = ppm < 0 ? 'none' : sprintf('%.1f %%', ppm / 1e4)
length(ppm) = ppm < 0 ? 0 : ppm / 1e4
plot $busy using (length($2) / 2):($0 - 0.19):(length($2) / 2):(0.17):ytic(1) \
        with boxxyerror lc rgb blue title 'A: '.short(title_a, 60), \
     $busy using (length($3) / 2):($0 + 0.19):(length($3) / 2):(0.17) \
        with boxxyerror lc rgb red title 'B: '.short(title_b, 60), \
     $busy using (length($2)):($0 - 0.19):(shown($2)) \
        with labels left offset 0.6,0 textcolor rgb black, \
     $busy using (length($3)):($0 + 0.19):(shown($3)) \
        with labels left offset 0.6,0 textcolor rgb black
