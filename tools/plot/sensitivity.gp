# A tornado: how far each constant moves the answers, in three panels side by side.
# $changes: constant, its values, then of each panel: change in 1e-6 at the low end, at the high
# end; n_rows
set output name.'.svg'
set label 1 'Which assumed constants move the answers'
set label 2 short(subtitle, 110)
panels = 3
array title[panels] = ['packets delivered', 'median latency', '99 % latency']

# A panel is 2 wide, its zero in the middle, and as far as its longest bar goes; between them is
# room for what is said at the ends of bars.
array most[panels]
do for [p = 1:panels] {
    stats $changes using (abs(column(2 * p + 1))) nooutput
    most[p] = STATS_max
    stats $changes using (abs(column(2 * p + 2))) nooutput
    most[p] = STATS_max > most[p] ? STATS_max : most[p]
    title[p] = title[p].(most[p] > 0 ? '' : "\nno change")
    most[p] = most[p] > 0 ? most[p] : 1
}
zero(p) = 4.2 * (p - 1)
end(p, ppm) = zero(p) + ppm / most[p]
said(ppm) = sprintf(abs(ppm) < 1e5 ? '%+.1f %%' : '%+.0f %%', ppm / 1e4)

set tmargin at screen 0.76
set xrange [-2.4 : zero(panels) + 2.1]
set yrange [n_rows - 0.4 : -0.6]
set border 0
set grid nox noy
unset xtics
set ytics scale 0
set style fill solid noborder
set lmargin at screen 0.30
set bmargin at screen 0.12
set key at screen 0.5, 0.01 bottom center maxrows 1 reverse Left
do for [p = 1:panels] {
    set arrow 10 + p from zero(p), -0.6 to zero(p), n_rows - 0.4 nohead lw 2 lc rgb grey
    set label 10 + p title[p] at first zero(p), screen 0.83 center textcolor rgb black
}
row(name, values) = short(name, 30).(n_rows > 7 ? '' : "\n".short(values, 36))
plot for [p = 1:panels] $changes \
        using ((zero(p) + end(p, column(2 * p + 1))) / 2):($0 - 0.19): \
              (abs(end(p, column(2 * p + 1)) - zero(p)) / 2):(0.17): \
              ytic(row(strcol(1), strcol(2))) \
        with boxxyerror lc rgb blue title p == 1 ? 'at the lower end of its range' : '', \
     for [p = 1:panels] $changes \
        using ((zero(p) + end(p, column(2 * p + 2))) / 2):($0 + 0.19): \
              (abs(end(p, column(2 * p + 2)) - zero(p)) / 2):(0.17) \
        with boxxyerror lc rgb red title p == 1 ? 'at the upper end' : '', \
     for [p = 1:panels] for [e = 0:1] $changes \
        using (end(p, column(2 * p + 1 + e))):($0 + (e == 0 ? -0.19 : 0.19)): \
              (column(2 * p + 1 + e) > 0 ? said(column(2 * p + 1 + e)) : '') \
        with labels left offset 0.4,0 textcolor rgb black notitle, \
     for [p = 1:panels] for [e = 0:1] $changes \
        using (end(p, column(2 * p + 1 + e))):($0 + (e == 0 ? -0.19 : 0.19)): \
              (column(2 * p + 1 + e) < 0 ? said(column(2 * p + 1 + e)) : '') \
        with labels right offset -0.4,0 textcolor rgb black notitle
