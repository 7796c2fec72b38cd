# SPDX-License-Identifier: GPL-3.0-or-later
#
# The faults that fit a source of C, and the source with all of them in it, each behind a switch (switch.h).  Where what stands is told by
# clang's syntax tree; nothing is evaluated twice or written twice, whatever nests.
package Faults;

use strict;
use warnings;
no warnings 'redundant';    # not all words around a node have its number
use Exporter qw(import);

our @EXPORT_OK = qw(faults_of with_faults);

# Their value is fixed when the source is compiled, or is none.
my %CONSTANT = map { $_ => 1 } qw(ConstantExpr UnaryExprOrTypeTraitExpr OffsetOfExpr StaticAssertDecl EnumDecl RecordDecl VAArgExpr);
my %COMPARES = map { $_ => 1 } qw(< <= > >= == !=);
my %PASSES = map { $_ => 1 } qw(ParenExpr ImplicitCastExpr);
# The parts of a statement, by kind: a condition (c), a statement (s), neither (-).
my %PARTS = (CompoundStmt => 's*', IfStmt => 'css', WhileStmt => 'cs', DoStmt => 'sc', ForStmt => '--c-s', SwitchStmt => '-s', CaseStmt => '-s',
    DefaultStmt => 's', LabelStmt => 's', ConditionalOperator => 'c--', ReturnStmt => 'r');
# Calls that only give back what was taken.
my $GIVES_BACK = qr/(?:free|_close|_clear|_unlink|\Aclose|_begin|_end)\z/;

# --- The syntax tree, as clang 14 prints it: a line for each brace, bracket and member ---

sub object
{
    my ($in) = @_;
    my %object;
    while (my $line = <$in>) {
        return \%object if $line =~ /\A\s*\}/;
        my ($key, $value) = $line =~ /\A *"(\w+)": (.*)/ or next;
        chop $value if substr($value, -1) eq ',';
        $object{$key} = $value eq '{' ? object($in) : $value eq '[' ? list($in) : $value eq '{}' ? {} : $value =~ s/\A"(.*)"\z/$1/r;
    }
    die "the syntax tree is cut\n";
}

sub list
{
    my ($in) = @_;
    my @list;
    while (my $line = <$in>) {
        return \@list if $line =~ /\A\s*\]/;
        push @list, $line =~ /\A\s*\{\}/ ? {} : object($in);
    }
    die "the syntax tree is cut\n";
}

# The enumerations of a translation unit, and the functions that no header defines.
sub declarations
{
    my ($command, $file) = @_;
    my @found;
    open my $in, '-|', "$command -Xclang -ast-dump=json -fsyntax-only '$file'" or die "clang: $!";
    while (my $line = <$in>) {
        next if $line !~ /\A    \{$/;
        my $id = <$in>;
        my ($kind) = <$in> =~ /: "(\w+)"/;
        my $loc = <$in> =~ /"loc": \{$/ ? object($in) : {};
        if ($kind eq 'EnumDecl' || $kind eq 'FunctionDecl' && !($loc->{expansionLoc} // $loc)->{includedFrom}) {
            push @found, { id => $id =~ /(0x\w+)/, kind => $kind, loc => $loc, %{ object($in) } };
        } else {
            while (<$in>) { last if /\A    \}/ }
        }
    }
    close $in or die "$file: clang does not read it\n";
    return @found;
}

# --- Where it stands in the source ---

sub begin { my ($n) = @_; my $at = $n->{range}{begin} // return; return ($at->{expansionLoc} // $at)->{offset} }

sub end
{
    my ($f, $n) = @_;
    my $at = $n->{range}{end} // return;
    my $last = $at->{expansionLoc} // $at;
    my $end = ($last->{offset} // return) + $last->{tokLen};
    pos($f->{source}) = $end;
    return $at->{expansionLoc} && $f->{source} =~ /\G\s*(\((?:[^()]++|(?1))*\))/g ? pos $f->{source} : $end;
}

sub text { my ($f, $n) = @_; return substr $f->{source}, begin($n), end($f, $n) - begin($n) }

# All of it is one use of a macro.
sub is_macro
{
    my ($n) = @_;
    my ($from, $to) = map { $_->{expansionLoc} } @{ $n->{range} }{qw(begin end)};
    return $from && $to && $from->{offset} == $to->{offset};
}

# --- The faults ---

# A fault at a node: what stands there, what is in its place, and with which words around it: before, behind and in place of the operator,
# %d for the number of the fault.  Faults of one node that share the words have them from the first.
sub put
{
    my ($f, $n, $faults, $before, $behind, $operator, $gap) = @_;
    my $what = text($f, $n) =~ s/\s+/ /gr;
    my $line = 1 + (substr($f->{source}, 0, begin($n)) =~ tr/\n//);
    my @faults = map { { file => $f->{file}, line => $line, function => $f->{function}, at => begin($n), what => length $what > 90 ? substr($what, 0, 87) . '...' : $what, as => $_ } } @$faults;
    push @{ $f->{faults} }, @faults;
    push @{ $f->{places} }, { faults => \@faults, from => begin($n), to => end($f, $n), before => $before, behind => $behind, operator => $operator, gap => $gap };
    return;
}

# Where the operator between two operands stands: (from, to), or nothing where it cannot be told.
sub gap
{
    my ($f, $n) = @_;
    my ($from, $to) = (end($f, $n->{inner}[0]), begin($n->{inner}[1]));
    return if !defined $from || !defined $to || $to <= $from;
    return substr($f->{source}, $from, $to - $from) =~ /\A\s*(?:\/\*.*?\*\/\s*)?\Q$n->{opcode}\E\s*(?:\/\*.*?\*\/\s*)?\z/s ? [$from, $to] : ();
}

sub is_pointer { my ($n) = @_; return ($n->{type}{desugaredQualType} // $n->{type}{qualType}) =~ /[*\[(]/ }

# Both operands once, as l_ and r_; "+ 0" as a bit field has no type of its own.
sub once
{
    my ($n, @with) = @_;
    my @plus = map { is_pointer($_) ? '' : ' + 0' } @{ $n->{inner} };
    return ('({ __auto_type l_ = (', ")$plus[1]; $with[0]; })", ")$plus[0]; __auto_type r_ = (");
}

sub operator
{
    my ($f, $n, $role) = @_;
    my $op = $n->{opcode};
    my $gap = $COMPARES{$op} || $op =~ /\A(?:&&|\|\||[+-])\z/ ? gap($f, $n) // return : undef;
    if ($COMPARES{$op} && length $op && $op =~ /[<>]/) {
        put($f, $n, ["boundary", 'opposite'], once($n, "(l_ $op r_) ^ (l_ == r_ && SCP_MUTANT(%d)) ^ SCP_MUTANT(%d)"), $gap);
    } elsif ($COMPARES{$op}) {
        put($f, $n, ['opposite'], once($n, "(l_ $op r_) ^ SCP_MUTANT(%d)"), $gap);
    } elsif ($op =~ /\A(?:&&|\|\|)\z/) {
        put($f, $n, [$op eq '&&' ? '||' : '&&'], '(SCP_MUTANT(%1$d) ^ ((SCP_MUTANT(%1$d) ^ !!(', '))))', ")) $op (SCP_MUTANT(%1\$d) ^ !!(", $gap);
    } elsif ($op =~ /\A[+-]\z/ && !grep { is_pointer($_) } $n, @{ $n->{inner} }) {
        my $other = $op eq '+' ? '-' : '+';
        put($f, $n, [$other], once($n, "r_ != 0 && SCP_MUTANT(%d) ? l_ $other r_ : l_ $op r_"), $gap);
    }
    return;
}

sub callee
{
    my ($n) = @_;
    $n = $n->{inner}[0] while $n && ($n->{kind} // '') ne 'DeclRefExpr';
    return $n ? $n->{referencedDecl}{name} // '' : '';
}

# A statement that does something is left out.
sub statement
{
    my ($f, $n) = @_;
    my $does = $n;
    $does = $does->{inner}[0] while $PASSES{ $does->{kind} } || $does->{kind} eq 'CStyleCastExpr';
    my $call = $does->{kind} eq 'CallExpr';
    return if !$call && !($does->{kind} eq 'BinaryOperator' && $does->{opcode} eq '=') && $does->{kind} ne 'CompoundAssignOperator'
        && !($does->{kind} eq 'UnaryOperator' && $does->{opcode} =~ /\+\+|--/);
    return if $call && (is_macro($n) || callee($does) =~ $GIVES_BACK || callee($does) =~ /\A__builtin/);
    put($f, $n, ['nothing'], '({ if (!SCP_MUTANT(%d)) { ', '; } (void)0; })');
    return;
}

sub constant
{
    my ($f, $n, $role) = @_;
    my $text = text($f, $n);
    if ($text =~ /\A(?:true|false)\z/) {
        put($f, $n, [$text eq 'true' ? 'false' : 'true'], '(SCP_MUTANT(%d) ^ ', ')');
    } elsif ($role eq 'r' && $text =~ /\A-?\d+\z/) {
        my $by = $text eq '0' ? '-' : '+';
        put($f, $n, [$text + ($by eq '-' ? -1 : 1)], '(', " $by SCP_MUTANT(%d))");
        $f->{faults}[-1]{answer} = 1;
    } elsif ($text =~ /\A\d+\z/ && $text >= 2 && $role ne 'bound') {
        put($f, $n, [$text + 1], '(', ' + SCP_MUTANT(%d))');
    }
    return;
}

sub enumerator
{
    my ($f, $n, $role) = @_;
    my $name = $n->{referencedDecl}{name};
    my $next = $f->{next}{ $n->{referencedDecl}{id} };
    put($f, $n, [$next], "(SCP_MUTANT(%d) ? $next : ", ')') if defined $next;
    put($f, $n, ["$name + 1"], '(', ' + SCP_MUTANT(%d))') if !defined $next && $role ne 'bound';
    return;
}

sub walk
{
    my ($f, $n, $role) = @_;
    my $kind = $n->{kind} // return;
    return if $CONSTANT{$kind} || $kind eq 'VarDecl' && ($n->{storageClass} // '') eq 'static' || !defined begin($n);
    my $op = $n->{opcode} // '';
    my $literal = $kind eq 'IntegerLiteral' || $role eq 'r' && $kind eq 'UnaryOperator' && text($f, $n) =~ /\A-\d+\z/;
    statement($f, $n) if $role eq 's' && $kind !~ /Stmt\z/;
    return constant($f, $n, $role) if $literal;
    return if is_macro($n);
    return enumerator($f, $n, $role) if $kind eq 'DeclRefExpr' && $n->{referencedDecl}{kind} eq 'EnumConstantDecl';
    my $decided = $kind eq 'BinaryOperator' && ($COMPARES{$op} || $op =~ /\A(?:&&|\|\|)\z/);
    if ($kind eq 'BinaryOperator') {
        operator($f, $n, $role);
    } elsif ($kind eq 'UnaryOperator' && $op eq '!') {
        put($f, $n, ['without the not'], '(SCP_MUTANT(%d) ^ ', ')');
        $decided = 1;
    }
    put($f, $n, ['not'], '(SCP_MUTANT(%d) ^ !!(', '))') if $role eq 'c' && !$decided && !$PASSES{$kind};
    my $parts = $PARTS{$kind} // ($kind eq 'BinaryOperator' && $op =~ /\A(?:&&|\|\|)\z/ ? 'cc' : '');
    $parts = 's' x @{ $n->{inner} // [] } if $parts eq 's*';
    my @inner = @{ $n->{inner} // [] };
    for my $i (0 .. $#inner) {
        my $part = $PASSES{$kind} ? $role : $kind eq 'BinaryOperator' && $op =~ /[<>]/ && $COMPARES{$op} ? 'bound' : $parts ne '' ? substr $parts, $i, 1 : '-';
        walk($f, $inner[$i], $part);
    }
    return;
}

# faults_of(COMMAND, FILE, PATH): the faults of the file at PATH and where they stand, as clang's COMMAND reads it.
sub faults_of
{
    my ($command, $file, $path, $source) = @_;
    my %f = (file => $file, source => $source, faults => [], places => [], next => {});
    my @declared = declarations($command, $path);
    for my $enum (grep { $_->{kind} eq 'EnumDecl' && $_->{name} } @declared) {
        my @constant = grep { ($_->{kind} // '') eq 'EnumConstantDecl' } @{ $enum->{inner} // [] };
        $f{next}{ $constant[$_]{id} } = $constant[ ($_ + 1) % @constant ]{name} for 0 .. $#constant;
    }
    for my $function (grep { $_->{kind} eq 'FunctionDecl' } @declared) {
        my ($body) = grep { ($_->{kind} // '') eq 'CompoundStmt' } @{ $function->{inner} // [] };
        my $at = ($function->{loc}{expansionLoc} // $function->{loc})->{offset};
        next if !$body || substr($source, $at, length $function->{name}) ne $function->{name};
        $f{function} = $function->{name};
        walk(\%f, $body, 's');
    }
    return \%f;
}

# The source with those of its faults in it that have a number.
sub with_faults
{
    my ($f) = @_;
    my (%before, %behind, %instead);
    for my $place (@{ $f->{places} }) {
        my @number = map { $_->{number} // 0 } @{ $place->{faults} };
        next if !grep { $_ } @number;
        my ($before, $behind, $operator) = map { defined $_ ? sprintf $_, @number : $_ } @$place{qw(before behind operator)};
        push @{ $before{ $place->{from} } }, $before;
        unshift @{ $behind{ $place->{to} } }, $behind;
        $instead{ $place->{gap}[0] } = [$operator, $place->{gap}[1]] if $place->{gap};
    }
    return join_edits($f->{source}, \%before, \%behind, \%instead);
}

sub join_edits
{
    my ($source, $before, $behind, $instead) = @_;
    my %at = map { $_ => 1 } keys %$before, keys %$behind, keys %$instead;
    my ($out, $done) = ('', 0);
    for my $at (sort { $a <=> $b } keys %at) {
        $out .= substr $source, $done, $at - $done if $at > $done;
        $done = $at if $at > $done;
        $out .= join '', @{ $behind->{$at} // [] };
        if ($instead->{$at}) {
            $out .= $instead->{$at}[0];
            $done = $instead->{$at}[1];
        }
        $out .= join '', @{ $before->{$at} // [] };
    }
    return $out . substr $source, $done;
}

1;
