# Drawn by cat6k. To draw it again:  gnuplot -d FILE.gp
reset
set encoding utf8
set terminal svg size 1600,900 noenhanced background '#ffffff' font 'sans-serif,27'
set datafile separator "\t"
set datafile commentschars ''

# Colours of Okabe and Ito: told apart by colour-blind eyes, and on a projector.
blue = '#0072B2'
red = '#D55E00'
green = '#009E73'
orange = '#E69F00'
sky = '#56B4E9'
purple = '#CC79A7'
grey = '#767676'
black = '#222222'

set border 3 lw 2 lc rgb black
set tics nomirror out textcolor rgb black
set grid lc rgb '#dddddd' lw 1.5 lt 1
set key noautotitle samplen 2.5 spacing 1.05 textcolor rgb black
set tmargin at screen 0.85
set rmargin at screen 0.96

# A share of 1, in 1e-6, as text; what is not nothing does not show as 0.
percent(ppm) = ppm > 0 && ppm < 100 ? '< 0.01 %' : sprintf('%.2f %%', ppm / 1e4)
# Sizes for SVG, where they count pixels, and in png.gp for PNG, where they count points.
dot = 0.6
set label 1 at screen 0.02, 0.955 font ',45'
set label 2 at screen 0.02, 0.895 textcolor rgb grey
short(text, most) = strlen(text) > most ? substr(text, 1, most - 1).'…' : text
