# What became of packets over time, and how many routes there were.
# $series: ps, then of the interval that ends there in packets per second: offered, delivered, come to
# the MSFC, lost; then routes in the RIB, entries in the PFC's FIB; routes_low, routes_high: of these;
# logarithmic: the scale of packets; unit_ps, unit_name: of time
set output name.'.svg'
set label 1 'Packets and routes over time'
set label 2 short(subtitle, 110)
set xlabel 'time in '.unit_name
set ylabel 'packets per second'
set format y '%.0s %c'
set y2label 'routes' offset -1,0 textcolor rgb black
set format y2 '%.0f'
set border 11
set y2tics out textcolor rgb black
set rmargin at screen 0.87
set xrange [0:*]
if (logarithmic) set logscale y
if (logarithmic) set yrange [10:*]
if (!logarithmic) set yrange [0:*]
set y2range [routes_low:routes_high]
set bmargin at screen 0.30
set key at screen 0.5, 0.01 bottom center maxrows 3 reverse Left
plot $series using ($1 / unit_ps):2 with fsteps lw 4 dt 2 lc rgb grey title 'offered', \
     $series using ($1 / unit_ps):3 with fsteps lw 5 lc rgb blue title 'delivered', \
     $series using ($1 / unit_ps):4 with fsteps lw 4 lc rgb orange \
        title 'come to the MSFC, for its software', \
     $series using ($1 / unit_ps):5 with fsteps lw 5 lc rgb red title 'lost', \
     $series using ($1 / unit_ps):6 axes x1y2 with lines lw 4 dt 2 lc rgb black \
        title 'routes in the RIB (right)', \
     $series using ($1 / unit_ps):7 axes x1y2 with lines lw 4 lc rgb green \
        title "entries in the PFC's FIB (right)"
