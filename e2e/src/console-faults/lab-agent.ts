/**
 * The program in the lab's pane, as a Perl script: keeps each byte it reads in `typed`, each it writes in `said`,
 * and in `worst` how many milliseconds the longest of its writes to the terminal took.
 *
 * It prints numbered lines in colours that it often leaves on, sometimes many at once, and the bytes it reads
 * in green. No line ends or wraps with a background on: what a scroll fills with it, tmux 3.3a does not tell. Byte 4
 * makes it put the pen down, say so and print no more. USR1 makes it print 3 MB, more than the way to a viewer holds,
 * and reset the terminal behind it; those 3 MB are not kept.
 */
export const labAgentScript = `#!/usr/bin/perl
use strict;
use Time::HiRes qw(time);
my ($folder, $seed) = @ARGV;
srand($seed);
system('stty raw -echo');
open(my $typed, '>>', "$folder/typed") or die;
open(my $said, '>>', "$folder/said") or die;
my ($worst, $line, $ended, $flood, $echoed) = (0, 0, 0, 0, 0);
$SIG{USR1} = sub { $flood = 1 };
sub print_ {
  my ($bytes) = @_;
  my $began = time;
  my $at = 0;
  while ($at < length($bytes)) {
    $at += syswrite(STDOUT, $bytes, length($bytes) - $at, $at) // ($!{EINTR} ? 0 : die);
  }
  my $took = int((time - $began) * 1000);
  return if $took <= $worst;
  $worst = $took;
  open(my $file, '>', "$folder/worst") or die;
  print $file $worst;
}
sub say_ {
  my ($bytes) = @_;
  syswrite($said, $bytes);
  print_($bytes);
}
sub numbered {
  my $colour = 31 + int(rand(7));
  my $look = rand() < 0.3 && !$echoed ? ";4;48;5;" . int(rand(256)) : "";
  my $text = rand() < 0.1 ? "\\xe7\\x95\\x8c \\xe2\\x94\\x80 e\\xcc\\x81" : "x" x int(rand(60));
  $echoed = 0;
  return sprintf("\\e[0;%d%sm%06d %s%s\\r\\n", $colour, $look, $line++, $text, rand() < 0.5 ? "\\e[0m" : "\\e[49m");
}
say_("\\ec");
while (1) {
  my $ready = '';
  vec($ready, 0, 1) = 1;
  if ($flood && !$ended) {
    $flood = 0;
    print_(join('', map { numbered() } 1 .. 300)) for 1 .. 220;
    say_("\\ec");
  } elsif (select($ready, undef, undef, $ended ? undef : 0.012) > 0) {
    my $got = sysread(STDIN, my $bytes, 65536);
    exit 0 unless $got;
    syswrite($typed, $bytes);
    if ($bytes =~ /\\x04/) { $ended = 1; say_("\\e[0m\\r\\nall was said\\r\\n"); }
    elsif (!$ended) { $echoed = 1; say_("\\e[32m$bytes"); }
  } elsif (!$ended) {
    say_(join('', map { numbered() } 1 .. (rand() < 0.02 ? 300 : 1)));
  }
}
`
