
set terminal pngcairo size 1600,900 noenhanced background '#ffffff' font 'sans-serif,22'
dot = 1.6
set label 1 font ',34'
set key spacing 1.25
set output name.'.png'
replot
set output
