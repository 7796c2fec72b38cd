#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What every plugin does alike: samples of --help and of the manual, wrong use, output that cannot be written, locales and time
# zones, names that look like formats, memory that runs out.  One table per fault, all plugins in each.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use lib "$FindBin::Bin/../tools", "$FindBin::Bin/../../examples";
use DemoWorld;
use Logs ();
use Pki;
use POSIX qw(strftime);
use Scp;
use Snapshot;
use Servers;
use Test::More;

my @NAMES = qw(check_scp check_scp_autoupdate check_scp_intermediates check_scp_revocation check_scp_roots check_scp_status);
for my $name (@NAMES) {
    plan skip_all => "$name is not built" if !-x (plugin_path($name) // '');
}
defined which('openssl') or plan skip_all => 'no openssl';
delete @ENV{ grep { /_proxy\z/i } keys %ENV };
$ENV{top_builddir} = plugin_path('x') =~ s{/plugins/x\z}{}r;    # the samples are run in another folder

my $w = world();
my %site = site($w);
my $begun = time;
my $at = '--at=@' . ($begun + 60);

sub in_registry { my ($hive, $r) = @_; return { map { (s/\A\Q$hive\E\\//r, $r->{$_}) } grep { /\A\Q$hive\E\\/ } keys %$r } }

my $registry = scp_registry($w);
my $export = save('scp01.reg', windows_export($registry), $begun);
my $gone = save('gone.reg', windows_export(scp_registry($w, update => 'off', root => 0)), $begun);
my $profile = save('demo.ini', profile($w), $begun);
my $messages = save('messages.csv', "MessageID,Time\n9605," . strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $begun - 3600) . "\n", $begun);
my $log = save('dmpuploader.log', log_text(1), $begun);
my %pem = map { ("$_.pem" => save("$_.pem", $w->{$_}{pem}, $begun)) } qw(root cross issuing service);
my $crl = save('root.crl', $site{'crl3.digicert.com/DemoGlobalRootG2.crl'}, $begun);
my ($cabinet) = map { save('authrootstl.cab', $site{$_}, $begun) } grep { /authrootstl/ } keys %site;

# What each plugin judges without a network.
my %BASE = (
    check_scp => ["--profile=$profile", '-R', $gone, '--skip=revocation', "--log=$log", "--messages=$messages"],
    check_scp_autoupdate => ["--profile=$profile", '-R', $export],
    check_scp_intermediates => ["--profile=$profile", '-R', $export, "--certificate=$pem{'service.pem'}"],
    check_scp_revocation => ["--crl=$crl", "--issuer=$pem{'root.pem'}"],
    check_scp_roots => ["--profile=$profile", '-R', $gone],
    check_scp_status => ["--log=$log", "--messages=$messages", '-R', $export],
);
my %STATE = (check_scp => 2, check_scp_autoupdate => 0, check_scp_intermediates => 0, check_scp_revocation => 0,
    check_scp_roots => 2, check_scp_status => 1);
sub command { my ($name, @more) = @_; return [$name, @{ $BASE{$name} }, $at, @more] }

my (%help, %takes, %formats);
for my $name (@NAMES) {
    is(run(command($name, '-o', 'plugin'))->{code}, $STATE{$name}, "$name: what the tables below start from");
    $help{$name} = run([$name, '--help'])->{out};
    $takes{$name} = { map { my ($option, $value) = split /=/, $_,
        2; ($option => $value) } $help{$name} =~ /^\s+(?:-\w, )?--([a-z][a-z0-9-]*(?:\[?=\S+)?)/mg };
    ($formats{$name}) = [($help{$name} =~ /--output=FORMAT\s+(.*?)\(default/s)[0] =~ /\b(plugin|terminal|json|openmetrics|html)\b/g];
}

# --- Samples ---

sub samples_of_help { my ($text) = @_; my ($part) = $text =~ /^Examples:\n((?:  .*\n)+)/m; return map { s/\A\s+//r } split /\n/,
    $part // '' }
sub samples_of_manual { my ($file) = @_; return slurp($file) =~ /^\.Dl (check_scp.*)$/mg }

# The files that samples name, in the scratch folder.
sub sample_files
{
    save('SOFTWARE', hive_bytes(in_registry('HKEY_LOCAL_MACHINE\SOFTWARE', $registry), name => 'config\SOFTWARE', time => $begun),
        $begun);
    save('SYSTEM', hive_bytes({ Select => { Current => reg_dword(1) },
        'ControlSet001\Services\CryptSvc' => { Start => reg_dword(2) } }, name => 'config\SYSTEM', time => $begun), $begun);
    save('DEFAULT', hive_bytes({ 'Software\Microsoft\Windows\CurrentVersion\Internet Settings' => {}, Environment => {} },
        name => 'config\DEFAULT', time => $begun), $begun);
    save('messages.json', qq({"value": [{"MessageID": 9605, "Time": ") . strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $begun - 3600)
        . qq(", "Component": "SMS_DMP_UPLOADER"}]}\n), $begun);
    my %copies = ('roots.pem' => 'root', 'cas.pem' => 'issuing', 'leaf.pem' => 'service', 'server.pem' => 'cross',
        'ca.pem' => 'root', 'DigiCertGlobalRootG2.crt' => 'root');
    save($_, $w->{ $copies{$_} }{pem}, $begun) for keys %copies;
    chmod 0600, save('scp.login', "username = monitor\npassword = secret\n", $begun);
    rename snapshot($registry, begun => $begun), scratch('scp-snapshot') or die;
    mkdir scratch('ctl');
    my %mirror = mirror($w);
    mkdir $_ for map { scratch($_) } 'internet', 'internet/www', 'internet/www/mirror.example', 'internet/www/mirror.example/ctl';
    for my $file (keys %mirror) {
        save("ctl/$file", $mirror{$file}, $begun);
        save("internet/www/mirror.example/ctl/$file", $mirror{$file}, $begun);
    }
    return;
}

subtest 'samples of --help and of the manual' => sub {
    sample_files();
    my $private = namespaces();
    my @internet = $private ? ($^X, "$SOURCE/examples/pretend-internet", scratch('internet')) : ();
    my $once = !grep { $ENV{$_} } qw(SCP_EXEC SCP_WRAPPER SCP_PLUGINS);    # one internet for all of them
    Many::stop() if $once;
    local @Many::INSIDE = @internet;
    local $ENV{SCP_WRAPPER} = join ' ', @internet, $ENV{SCP_WRAPPER} // () if @internet && !$once;
    chdir scratch() or die;
    my %samples;
    $samples{$_}{manual}++ for map { samples_of_manual($_) } glob "$SOURCE/man/*.[1-8]";
    $samples{$_}{help}++ for map { samples_of_help($help{$_}) } @NAMES;
    is_deeply([grep { !$samples{$_}{help} || !$samples{$_}{manual} } sort keys %samples], [], 'both have the same ones');
    my %of = map { (split)[0] => 1 } keys %samples;
    is_deeply([grep { !$of{$_} } @NAMES], [], 'every plugin has some');
    for my $sample (sort keys %samples) {
        SKIP: {
            skip "$sample: would ask the network", 1 if !$private
                && $sample !~ /--explain|--list-|--skip=revocation|roots -R|--list=|-R scp01.reg\z|--log=[^=]*\z/;
            my @words = map { s{(\A|=)/(?:etc/nagios|srv)/}{$1}r } split ' ', $sample;
            my $r = run(\@words);
            my $bad = $r->{signal} || $r->{late} || $r->{code} > 3 ? 'ended badly' : $r->{out} eq '' ? 'silent' : $r->{err} ne ''
                ? "standard error: $r->{err}"
                : $r->{out} =~ /^(?:Usage:|\[UNKNOWN\] usage)|"id":"usage"|No such file|Is a directory|could not be read/m
                ? 'does not run' : '';
            is($bad, '', $sample) or diag(substr $r->{out}, 0, 1000);
        }
    }
    chdir $SOURCE or die;
    Many::stop() if $once;
};

# --- Row 27: wrong use ---

my @RANGES = ('', 'nan', 'NaN:', '-nan', 'inf', '~:inf', '1e999', '9' x 400, '1:2:3', '5:1', 'x', '0x10', '1,5', ' ', '@', '10;20',
    "1\n2", '%n%s');
my @DURATIONS = ('', 'nan', 'inf', '-1', '0', '1e999', '9' x 400, '99999d', '1y', 'x', '1 h', '0x10', '%n%s');
my @PAIRS = ('', '1', 'nan,nan', '5,2', '1,2,3', '0,1', '1e999,1e999', ',', '-1,2', 'x,y');
my %WRONG = (
    warning => \@RANGES, critical => \@RANGES, timeout => \@DURATIONS, 'max-age' => \@DURATIONS, since => \@DURATIONS,
    'max-response-age' => \@DURATIONS, 'success-within' => [grep { $_ ne '0' } @DURATIONS],
    'response-time' => \@PAIRS, 'disallowed-age' => \@PAIRS, retry => ['', 'x', '-1', '1.5', '99999', '9' x 40],
    'timeout-result' => ['', 'fine', 'OK ', '4'], output => ['', 'pdf', 'JSON', 'plugin,json'], perfdata => ['', 'some'], unlisted => ['', 'x'], purpose => ['', 'x'],
    aia => ['', 'on'], expect => ['', 'nothing'], vantage => ['', 'there'], 'scp-mode' => ['', 'maybe'], skip => ['', 'nothing', '%n%s'], 'skip-endpoint' => ['', 'nothing', '%n%s'],
    at => ['', 'now', '2026-13-01', '2026-02-30', '@', '@x', '@' . '9' x 40, '2026-11-23T25:00Z', '2026-11-23T12:00:00+01:00'],
    severity => ['', 'x', '=ok', 'a.b=', 'a.b=fine', 'a*b=ok', 'A.B=ok', 'x' x 2000 . '=ok'],
    'connect-to' => ['', 'a', 'a:b:c', 'a:1:b:99999', 'a:1:b:0', 'a:x:b:1'], proxy => ['', 'foo://x', 'http://', 'http://u:p@h:1', 'h:99999', 'h:0', 'socks5://h:1'],
    profile => ['', 'nosuch', '%n%s'], hostname => ['', 'a b', 'a/b', '-x'], net => ['', 'net', './net'], name => ['', 'a b', 'x' x 400], connect => ['', 'a:0', 'a:99999', 'a:b', 'a b'],
    require => ['', 'nosuch', 'ABC', 'Z' x 40], recommend => ['', 'nosuch'], adminservice => ['', 'http://x/AdminService', 'https://', 'x', 'https://u:p@h/AdminService'],
    endpoint => ['', 'nosuch'], serial => ['', 'xyz', '0x', 'a' x 200], mirror => ['', 'x' x 9000], 'user-agent' => ["a\nb", "a\e[1m"], 'extra-opts' => ['nosuch@/nonexistent.ini', '@/nonexistent.ini'],
    explain => ['no.such', '%n%s'], 'source-label' => ['', ' ', 'x' x 101], noproxy => ['x' x 9000], 'authentication-file' => ['', '/nonexistent/login'], 'proxy-auth-file' => ['', '/nonexistent/login'],
);
# Options that these plugins take for the sake of one definition, and do not look at here.
my %UNUSED = map { $_ => 1 } map { "check_scp_revocation --$_" } qw(hostname net authentication-file);
# What stands for the option in the reason.
my %CALLED = (hostname => qr{--hostname|smb://}, 'authentication-file' => qr/^.*--authentication-file: /m,
    adminservice => qr/^.*--adminservice: /m, net => qr/^.*--net: /m);
# Any text may be a file's name; what becomes of such files is another matter.
my %FILE = map { $_ => 1 } qw(registry with crl with-crl ocsp issuer certificate roots intermediates list log messages cafile);
# What an option needs beside it to be looked at, in place of what the plugin is usually given.
my %BESIDE = (
    'check_scp_revocation --skip-endpoint' => ["--profile=$profile"], 'check_scp_revocation --endpoint' => ["--profile=$profile"],
    'check_scp --adminservice' => ["--profile=$profile", '-R', $export, '--skip=revocation', '-k'], 'check_scp --hostname' => ['-k', '--skip=revocation'], 'check_scp --net' => ['-k', '-R', 'smb://127.0.0.1:1', '--skip=revocation'],
    'check_scp --authentication-file' => ['-R', 'smb://127.0.0.1:1', '--skip=revocation'], 'check_scp_status --adminservice' => ['-k'],
    'check_scp_revocation --serial' => ["--crl=$crl", "--issuer=$pem{'root.pem'}"], '--hostname' => ['-k'], '--net' => ['-k', '--registry=smb://127.0.0.1:1'],
    '--authentication-file' => ['--registry=smb://127.0.0.1:1'], '--proxy-auth-file' => ['--proxy=http://127.0.0.1:1'],
);

# What reads a value is the same for all plugins: one is given all of them, the others each another pair.
my %given;
sub wrong_values
{
    my ($long) = @_;
    my @values = @{ $WRONG{$long} // [] };
    my $n = $given{$long}++;
    return $n && @values > 2 ? @values[map { (2 * $n + $_) % @values } 0, 1] : @values;
}

subtest 'row 27: wrong values' => sub {
    for my $name (@NAMES) {
        my @wrong;
        my $runs = 0;
        for my $option (sort grep { defined $takes{$name}{$_} } keys %{ $takes{$name} }) {
            (my $long = $option) =~ s/\[\z//;
            next if $FILE{$long} || $UNUSED{"$name --$long"};
            push @wrong, "--$long has no row in the table" if !$WRONG{$long};
            my $beside = $BESIDE{"$name --$long"} // $BESIDE{"--$long"} // $BASE{$name};
            for my $value (wrong_values($long)) {
                my $r = run([$name, @$beside, '-o', 'plugin', "--$long=$value"]);
                my ($first) = split /\n/, $r->{out};
                $runs++;
                push @wrong, "--$long='" . substr($value, 0, 40) . "': exit $r->{code}: " . substr($first // '', 0, 200)
                    if $r->{signal} || $r->{code} != 3 || $r->{out} !~ ($CALLED{$long} // qr/\A[^\n]*--$long\b/);
            }
        }
        is_deeply(\@wrong, [], "$name: exit 3 and the option's name, $runs times") or diag(join "\n", @wrong);
    }
};

my @CONFLICTS = (
    [qr/--nope/, [@NAMES], '--nope'], [qr/-Z/, [@NAMES], '-Z'], [qr/'word'/, [@NAMES], 'word'], [qr/--verbose.*no value/, [@NAMES], '--verbose=3'], [qr/--timeout.*missing/, [@NAMES], '--timeout'],
    [qr/--t\b.*ambiguous/, [@NAMES], '--t=3'], [qr/--severity.*times/, [@NAMES], map { "--severity=a.b$_=ok" } 1 .. 5000],
    [qr/-4 and -6/, [qw(check_scp check_scp_autoupdate check_scp_intermediates check_scp_revocation)], '-4', '-6'],
    [qr/--roots and --intermediates.*registry/, ['check_scp_intermediates'], "--roots=$pem{'root.pem'}"],
    [qr/--crl and --ocsp/, ['check_scp_revocation'], "--ocsp=$crl"], [qr/--certificate and --serial/, ['check_scp_revocation'], '--serial=01', "--certificate=$pem{'cross.pem'}"],
    [qr/--registry.*--proxy=registry/, ['check_scp_revocation'], '-R', $export],
);
subtest 'row 27: conflicting options' => sub {
    for my $case (@CONFLICTS) {
        my ($pattern, $names, @arguments) = @$case;
        for my $name (@$names) {
            my $r = run(command($name, '-o', 'plugin', @arguments));
            my ($first) = split /\n/, $r->{out};
            ok($r->{code} == 3 && $first =~ $pattern, "$name @arguments[0 .. ($#arguments > 1 ? 1 : $#arguments)]: $pattern")
                or diag("exit $r->{code}: $first");
        }
    }
    for my $case ([check_scp_revocation => qr/--issuer/, "--crl=$crl"],
        [check_scp_revocation => qr/--crl or --ocsp/, "--issuer=$pem{'root.pem'}"],
                  [check_scp_revocation => qr/--certificate.*--serial/, "--ocsp=$crl", "--issuer=$pem{'root.pem'}"], [check_scp_status => qr/--log/],
                  [check_scp_roots => qr/--registry/], [check_scp_autoupdate => qr/--registry/], [check_scp_intermediates => qr/--registry/], [check_scp => qr/--registry/],
                  [check_scp_autoupdate => qr/--registry/, '--mirror=registry'], [check_scp_revocation => qr/--registry/, '--proxy=registry'],
                  [check_scp_status => qr/--authentication-file/, '--adminservice=https://127.0.0.1:1/AdminService']) {
        my ($name, $pattern, @arguments) = @$case;
        my $r = run([$name, '-o', 'plugin', @arguments]);
        my ($first) = split /\n/, $r->{out};
        ok($r->{code} == 3 && $first =~ $pattern, "$name @arguments: $pattern") or diag("exit $r->{code}: $first");
    }
};

# A profile is refused alike by all, also where nothing of it is needed.
subtest 'row 27: profiles' => sub {
    my $empty = save('empty.ini', '', $begun);
    my %bad = (nosuch => qr/--profile: there is no profile 'nosuch' \(see --list-profiles/,
        '/nonexistent/x.ini' => qr{/nonexistent/x\.ini: No such file}, $empty => qr/\Q$empty\E: /);
    for my $name (@NAMES) {
        for my $profile (sort keys %bad) {
            my $r = run(command($name, '-o', 'plugin', "--profile=$profile"));
            ok($r->{code} == 3 && $r->{out} =~ /\ASCP[A-Z ]* UNKNOWN - [^\n]*$bad{$profile}/, "$name --profile=$profile")
                or diag("exit $r->{code}: $r->{out}");
        }
        my $r = run([$name, '--list-profiles']);
        ok($r->{code} == 3 && $r->{out} =~ /^scp .*^article /ms, "$name --list-profiles");
        is(run(command($name, '-o', 'plugin', '--profile=article'))->{code}, $STATE{$name}, "$name: a good one changes nothing")
            if $name =~ /status|revocation/;
    }
};

# --- Row 13: nobody reads ---

subtest 'row 13: standard output that fails' => sub {
    pipe my $reader, my $unread or die "pipe: $!";
    close $reader;
    my @ways = (['closed', closed => 1], ['reader gone', stdout => $unread],
        (-w '/dev/full' ? ['full', stdout => '/dev/full'] : ()));
    for my $name (@NAMES) {
        cmp_ok(scalar @{ $formats{$name} }, '>=', 4, "$name: formats were found");
        my @answers = ((map { command($name, '-o', $_) } @{ $formats{$name} }), map { [$name, $_] } '--help', '--version',
            '--explain', '--list-profiles', '--nope');
        for my $answer (@answers) {
            for my $way (@ways) {
                my ($what, @how) = @$way;
                my $r = run($answer, @how, any => 1);
                is("exit $r->{code}, signal $r->{signal}, said '$r->{err}'", q(exit 3, signal 0, said ''),
                    "$name $answer->[-1]: $what");
            }
        }
    }
};

# --- Row 25: locale and time zone ---

# Locales that the system has; where it lacks one, a folder of what can be made here: LOCPATH.
sub make_locales
{
    my $folder = scratch('locales');
    my @here = grep { /\A(?:tr_TR\.utf8|de_DE\.utf8|ja_JP\.eucjp)\z/ } split ' ', `locale -a 2>/dev/null`;
    return ($folder, @here) if @here == 3;
    mkdir $folder;
    my $localedef = which('localedef');
    return $folder if !defined $localedef;
    system "$localedef -i $_ -f UTF-8 '$folder/$_.UTF-8' >/dev/null 2>&1" for qw(tr_TR de_DE);
    system "$localedef -i ja_JP -f EUC-JP '$folder/ja_JP.eucJP' >/dev/null 2>&1";
    return ($folder, map { m{([^/]+)\z} } glob "$folder/*");
}

subtest 'row 25: locale and time zone' => sub {
    my ($folder, @made) = make_locales();
    diag('no locale could be made: those of the system only') if !@made;
    for my $name (@NAMES) {
        for my $format (@{ $formats{$name} }) {
            my @answer = (command($name, '-v', '-o', $format), any => 1);
            my $expected = run(@answer, env => { LC_ALL => 'C', TZ => 'UTC' })->{out};
            my @differ;
            for my $locale (@made, 'C.UTF-8', 'nonsense') {
                my $env = { LC_ALL => $locale, LANG => $locale, LANGUAGE => $locale,
                    TZ => $locale =~ /ja/ ? 'Asia/Tokyo' : 'America/St_Johns', -e "$folder/$locale" ? (LOCPATH => $folder) : () };
                push @differ, $locale if run(@answer, env => $env)->{out} ne $expected;
            }
            push @differ, "TZ=$_" for grep { run(@answer, env => { TZ => $_ })->{out} ne $expected } 'Pacific/Kiritimati',
                ':/nonexistent', 'XYZ-99:99', '%n%s';
            is_deeply(\@differ, [], "$name -o $format: the same everywhere");
        }
    }
};

# --- A host without libcurl ---

subtest 'a host without libcurl, or with something else of its name' => sub {
    my ($libm) = join('', `ldd @{[plugin_path('check_scp')]} 2>/dev/null`) =~ m{libm\.so\S* => (/\S+)};
    my %folder = map { ($_ => scratch("libraries-$_")) } 'empty', defined $libm ? 'foreign' : ();
    mkdir $_ or die "$_: $!" for values %folder;
    save('libraries-empty/libcurl.so.4', '');
    write_bytes("$folder{foreign}/libcurl.so.4", slurp($libm)) if $folder{foreign};
    for my $what (sort keys %folder) {
        my $env = { LD_LIBRARY_PATH => $folder{$what} };
        for my $name (@NAMES) {
            is(run(command($name, '-o', 'plugin'), env => $env)->{code}, $STATE{$name}, "$what, $name: what asks no host does not need it");
        }
        for my $asked (['check_scp_revocation', "--profile=$profile"], ['check_scp_autoupdate', "--profile=$profile", '--mirror=http://127.0.0.1:9/x']) {
            my $r = run([@$asked, '-o', 'plugin'], env => $env);
            is($r->{code}, 3, "$what, $asked->[0]: what asks hosts does");
            like($r->{out}, qr/UNKNOWN.* libcurl is needed to ask hosts: /, 'and says so');
        }
    }
};

# --- A kernel that confines nothing ---

subtest 'a run that is confined, and one on a kernel that confines nothing' => sub {
    my $preload = "$ENV{top_builddir}/tests/tools/unconfined.so";
    plan skip_all => 'nothing can be preloaded here' if !-e $preload || sanitized('check_scp');
    my $env = { LD_PRELOAD => $preload };
    like(run(['check_scp', '--version', '-v'], any => 1, env => $env)->{out}, qr/^confined by: nothing$/m, 'it is simulated');
    for my $name (@NAMES) {
        my ($here, $there) = map { run(command($name, '-o', 'json', '-v'), env => $_) } {}, $env;
        is_deeply([@$there{qw(code out err)}], [@$here{qw(code out err)}], "$name: the same, and quiet");
    }
};

# --- Row 23: formats ---

subtest 'row 23: names that look like formats' => sub {
    my $EVIL = '%n%s%n%999999d%1$s%*s';
    my $root = authority($EVIL);
    my $leaf = certificate_of($root, "leaf $EVIL");
    my $short = sub { my ($r, $name) = @_; return $r->{out} =~ /\Q$name\E/ && !$r->{signal} && $r->{err} eq '' ? 'literally'
        : "exit $r->{code}, signal $r->{signal}: " . substr $r->{out}, 0, 300 };
    my %lists = (profile => save('evil.ini', "[profile]\nname = evil\nas_of = 2026-11-01\nabout = test\n\n[root evil]\nsha1 = "
        . fingerprint($root->{der}) . "\nsha256 = "
        . der_sha256($root->{der}) . "\nname = $EVIL\nlevel = required\nsource = test\n", $begun),
        registry => save('evil.reg', windows_export(machine(root => [$root->{der}], sync => $begun - 3600)), $begun),
        cas => save('evil.pem', $root->{pem}, $begun), leaf => save('leaf-evil.pem', $leaf->{pem}, $begun),
        log => save('evil.log', Logs::entry_new($begun - 60,
            "Failed to check and load service signing certificate. System.ArgumentException: Fail to build chain $EVIL", type => 3), $begun),
        messages => save('evil.csv', "MessageID,Time,Component,MachineName\n9605,"
            . strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $begun - 60) . ",$EVIL,$EVIL\n", $begun));
    my $no_file = scratch($EVIL);
    my @table = (
        ['a root', 'check_scp_roots', $EVIL, "--profile=$lists{profile}", '-R', $lists{registry}],
        ['a root that is missing', 'check_scp_roots', $EVIL, "--profile=$lists{profile}", '-R', $gone],
        ['a root', 'check_scp', $EVIL, "--profile=$lists{profile}", '-R', $gone, '--skip=revocation'],
        ['a leaf', 'check_scp_intermediates', "leaf $EVIL", "--roots=$lists{cas}", "--certificate=$lists{leaf}"],
        ['a leaf without a path', 'check_scp_intermediates', "leaf-evil.pem", "--roots=$pem{'root.pem'}", "--certificate=$lists{leaf}"],
        ['a line of a log', 'check_scp_status', $EVIL, "--log=$lists{log}"],
        ['a file', 'check_scp_roots', $EVIL, '-R', $no_file], ['a file', 'check_scp_autoupdate', $EVIL, '-R', $no_file], ['a list', 'check_scp_autoupdate', $EVIL, "--list=$no_file"],
        ['a certificate', 'check_scp_intermediates', $EVIL, "--roots=$no_file"], ['a CRL', 'check_scp_revocation', $EVIL, "--crl=$no_file", "--issuer=$pem{'root.pem'}"],
        ['an issuer', 'check_scp_revocation', $EVIL, "--crl=$crl", "--issuer=$no_file"], ['a log', 'check_scp_status', $EVIL, "--log=$no_file"],
        ['a log', 'check_scp', $EVIL, "--log=$no_file", "--profile=$profile", '-R', $export, '--skip=revocation'], ['messages', 'check_scp_status', $EVIL, "--messages=$no_file"],
        (map { ['an option', $_, $EVIL, "--$EVIL"] } @NAMES), (map { ['a word', $_, $EVIL, $EVIL] } @NAMES),
        (map { ['a profile', $_, $EVIL, @{ $BASE{$_} }, "--profile=$EVIL/x"] } @NAMES),
    );
    for my $case (@table) {
        my ($what, $name, $said, @arguments) = @$case;
        my %escaped = (plugin => $said =~ s/\$/\\x24/gr, json => $said);    # what a shell reads
        $escaped{json} = $escaped{plugin} if $what =~ /\Aan option|\Aa word/;    # said before the format is known
        for my $format (qw(plugin json)) {
            is($short->(run([$name, @arguments, '-v', '-o', $format]), $escaped{$format}), 'literally', "$name, $what, -o $format");
        }
        my $r = run([$name, @arguments, '-v', '-o', 'terminal']);
        ok(!$r->{signal} && $r->{code} <= 3 && $r->{err} eq '', "$name, $what, -o terminal");
    }
};

done_testing();
