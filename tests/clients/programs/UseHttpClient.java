// SPDX-License-Identifier: MIT
// For libraries.py: java.net.http, which offers HTTP/2 (Upgrade: h2c) and asks over many connections.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.stream.IntStream;

public class UseHttpClient {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    private static String base;

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(10));
    }

    private static HttpResponse<byte[]> ask(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String digest(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static void tell(String name, HttpResponse<byte[]> answer) throws Exception {
        System.out.println(name + " " + answer.statusCode() + " " + digest(answer.body()));
    }

    public static void main(String[] arguments) throws Exception {
        base = arguments[0];
        HttpResponse<byte[]> data = ask(to("/data.bin"));
        tell("data", data);
        tell("range", ask(to("/data.bin").header("Range", "bytes=1000-1999")));
        String tag = data.headers().firstValue("ETag").orElseThrow();
        System.out.println("again " + ask(to("/data.bin").header("If-None-Match", tag)).statusCode());
        HttpResponse<byte[]> text = ask(to("/page.txt"));
        tell("text", text);
        tell("folder", ask(to("/folder")));
        tell("odd", ask(to("/with%20blank/%C3%BC.txt")));
        System.out.println("missing " + ask(to("/missing")).statusCode());
        System.out.println("post " + ask(to("/data.bin").POST(BodyPublishers.ofString("a=b"))).statusCode());
        String wanted = digest(text.body());
        var answers = IntStream.range(0, 100)
                .mapToObj(number -> CLIENT.sendAsync(to("/page.txt").build(), BodyHandlers.ofByteArray()))
                .toList();
        int right = 0;
        for (var answer : answers) {
            right += digest(answer.get().body()).equals(wanted) ? 1 : 0;
        }
        System.out.println("many " + right);
    }
}
