# What the MSFC's CPU did over time, and how many BGP sessions were up.
# $cpu: ps, then of the interval that begins there in ppm: interrupts, these and processes; then sessions
# that are up; n_sessions: of them at first; unit_ps, unit_name: of time
set output name.'.svg'
set label 1 "The MSFC's CPU over time"
set label 2 short(subtitle, 110)
set xlabel 'time in '.unit_name
set ylabel 'share of the time'
set format y '%g %%'
set xrange [0:*]
set yrange [0:105]
set bmargin at screen 0.26
set key at screen 0.5, 0.01 bottom center maxrows 2 reverse Left
set style fill solid 0.6 noborder
if (n_sessions > 0) set y2label 'sessions' offset -1,0 textcolor rgb black
if (n_sessions > 0) set border 11
if (n_sessions > 0) set y2tics 1 out textcolor rgb black
if (n_sessions > 0) set format y2 '%.0f'
if (n_sessions > 0) set rmargin at screen 0.87
set y2range [0:1.05 * (n_sessions > 0 ? n_sessions : 1)]
plot $cpu using ($1 / unit_ps):($3 / 1e4) with fillsteps lc rgb orange title 'processes', \
     $cpu using ($1 / unit_ps):($2 / 1e4) with fillsteps lc rgb blue title 'interrupts', \
     $cpu using ($1 / unit_ps):(n_sessions > 0 ? $4 : NaN) axes x1y2 with steps lw 5 lc rgb black \
        title (n_sessions > 0 ? 'BGP sessions that are up (right)' : '')
