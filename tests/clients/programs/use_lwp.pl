# SPDX-License-Identifier: MIT
# For libraries.py: LWP::UserAgent, which keeps its connections.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use LWP::UserAgent;

my $base = $ARGV[0];
my $agent = LWP::UserAgent->new(keep_alive => 4, timeout => 10);

sub tell_of {
    my ($name, $answer) = @_;
    print "$name ", $answer->code, " ", sha256_hex($answer->decoded_content(charset => 'none')), "\n";
}

my @coding = ('Accept-Encoding' => 'gzip');
my $data = $agent->get("$base/data.bin");
tell_of('data', $data);
tell_of('range', $agent->get("$base/data.bin", Range => 'bytes=1000-1999'));
print "again ", $agent->get("$base/data.bin", 'If-None-Match' => $data->header('ETag'))->code, "\n";
my $text = $agent->get("$base/page.txt", @coding);
tell_of('text', $text);
tell_of('folder', $agent->get("$base/folder"));
tell_of('odd', $agent->get("$base/with%20blank/%C3%BC.txt"));
print "missing ", $agent->get("$base/missing")->code, "\n";
print "post ", $agent->post("$base/data.bin", { a => 'b' })->code, "\n";
my @right = grep { $agent->get("$base/page.txt", @coding)->content eq $text->content } 1 .. 100;
print "many ", scalar(@right), "\n";
