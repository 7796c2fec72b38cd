#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Profiles that are installed: a newer one stands for the built-in one of its name, an older one does not, one that cannot be used is
# an error.  The plugin is copied, for they lie in the folder `profiles` beside it.
use strict;
use warnings;
use File::Copy qw(copy);
use FindBin;
use lib "$FindBin::Bin/../tools";
use Scp;
use Test::More;

my $NAME = 'check_scp_roots';
-x (plugin_path($NAME) // '') or plan skip_all => "$NAME is not built";
-e '/proc/self/exe' or plan skip_all => 'no /proc: where a plugin lies is not known';

my $place = scratch() . '/place';
mkdir $_ or die "$_: $!" for $place, "$place/profiles";
copy(plugin_path($NAME), "$place/$NAME") && chmod(0755, "$place/$NAME") or die "copying: $!";
$ENV{SCP_PLUGINS} = $place;

my $root = certificate(cn => 'New Root', serial => 1);
my $NEW = "\n[root new-root]\nsha1 = " . fingerprint($root) . "\nname = New Root\nlevel = required\nsource = test\n";
my %data = map { $_ => scalar slurp("$SOURCE/data/$_.ini") } qw(scp common);
my $registry = save('machine.reg', windows_export(machine(root => [$root])));

sub dated { my ($name, $date, $more) = @_; (my $text = $data{$name}) =~ s/^as_of = .*/as_of = $date/m; return $text . ($more // '') }
sub installed
{
    my ($what, $files, $state, $used, $text, $mode) = @_;
    unlink glob "$place/profiles/*";
    for my $name (keys %$files) {
        open my $f, '>', "$place/profiles/$name.ini" or die "$name: $!";
        print $f $files->{$name};
        chmod $mode // 0644, "$place/profiles/$name.ini";
    }
    my $r = run_json([$NAME, "--at=$AT", '-R', $registry]);
    is($r->{json}{state}, $state, $what) or diag($r->{out});
    my ($f) = finding($r, 'profile.installed');
    like($f->{text} // '', $text, "$what: what is told") if defined $text;
    is(!!(grep { $_->{subject} eq 'new-root' } @{ $r->{json}{findings} }), !!$used, "$what: whose root is looked for");
    return $r;
}

installed('none', {}, 'WARNING', 0, qr/\A\z/);
installed('the built-in one', \%data, 'WARNING', 0, qr/\A\z/);
my $r = installed('a newer one', { scp => dated('scp', '2026-11-20', $NEW) }, 'WARNING', 1, qr{\A\Q$place\E/profiles/scp\.ini of 2026-11-20\S* is used: scp was known as of 2026-11-01\S*\z});
is($r->{json}{profile}{as_of}, '2026-11-20', 'its date is that of the profile');
unlike(run([$NAME, "--at=$AT", '-R', $registry])->{out}, qr/profile\.installed/, 'a remark');
like(run([$NAME, "--at=$AT", '-R', $registry, '-v'])->{out}, qr/\[OK\] profile\.installed: /, '... that -v shows');
like(run([$NAME, '--list-profiles'])->{out}, qr/^scp +2026-11-20 /m, '--list-profiles');
installed('an older one', { scp => dated('scp', '2025-01-01', $NEW) }, 'WARNING', 0, qr/ is not used: /);
installed('one of the same date', { scp => dated('scp', '2026-11-01', $NEW) }, 'WARNING', 0, qr/ is not used: /);
installed('a newer one that it includes', { common => dated('common', '2026-11-20', $NEW) }, 'WARNING', 1, qr{/common\.ini of 2026-11-20\S* is used});
installed('of another name', { exchange => 'broken' }, 'WARNING', 0, qr/\A\z/);
for my $bad (['no profile', "nothing\n", qr/scp\.ini: its \[profile\] has not the name scp/], ['of another name', dated('common', '2026-11-20'), qr/has not the name scp/],
    ['without a date', "[profile]\nname = scp\n", qr/a date as_of/], ['with an error', dated('scp', '2026-11-20', "[root x]\nsha1 = 12\n"), qr/scp\.ini of 2026-11-20.*line \d+: sha1/],
    ['no text', "\xff\xfe\0", qr/scp\.ini: /]) {
    like(installed("one that is wrong: $bad->[0]", { scp => $bad->[1] }, 'UNKNOWN', 0)->{json}{summary}, $bad->[2], "$bad->[0]: why");
}
installed('for everybody to write', { scp => dated('scp', '2026-11-20', $NEW) }, 'WARNING', 1);
chmod 0666, "$place/profiles/scp.ini";
$r = run_json([$NAME, "--at=$AT", '-R', $registry]);
is($r->{json}{state}, 'UNKNOWN', '... is not believed');
like($r->{json}{summary}, qr{/profiles/scp\.ini: neither root nor this user owns it, or everybody may write to it}, '... and said');
# What cannot take effect stops nothing, whoever wrote it.
installed('for everybody to write: the built-in one', \%data, 'WARNING', 0, qr/\A\z/, 0666);
installed('for everybody to write: an older one', { scp => dated('scp', '2025-01-01', $NEW) }, 'WARNING', 0, qr/ is not used: scp was known/, 0666);
installed("for everybody to write: $_->[0]", { scp => $_->[1] }, 'WARNING', 0, qr/scp\.ini: .*; it is not used: neither root nor this user owns it/, 0666)
    for ['no profile', "nothing\n"], ['no text', "\xff\xfe\0"], ['without a date', "[profile]\nname = scp\n"], ['too long', '#' x (2 << 20)];
# Nor may one that asks for nothing be taken for a newer one.
for my $case ([root => 'common'], [endpoint => 'scp']) {
    my ($kind, $file) = @$case;
    (my $text = dated($file, '2026-11-20')) =~ s/^\[$kind [^\[]*?^level = \Krequired/recommended/msg;
    like(installed("a newer one that requires no $kind", { $file => $text }, 'UNKNOWN', 0)->{json}{summary},
        qr/$file\.ini of 2026-11-20.*: it requires no $kind, the built-in scp does/, "no $kind: why");
}
SKIP: {
    skip 'not root', 1 if $> != 0;
    chmod 0644, "$place/profiles/scp.ini";
    chown 12345, -1, "$place/profiles/scp.ini";
    is(run_json([$NAME, "--at=$AT", '-R', $registry])->{json}{state}, 'UNKNOWN', 'nor is one of somebody else\'s');
}

done_testing();
