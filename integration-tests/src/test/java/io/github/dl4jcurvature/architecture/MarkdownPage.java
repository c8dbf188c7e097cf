/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A document of the repository.
 *
 * @param path relative to the directory of this module
 * @param text its content
 */
record MarkdownPage(Path path, String text) {
    /** Directory of the whole build, seen from this module's. */
    static final Path ROOT = Path.of("..");

    private static final Pattern FENCE = Pattern.compile("^```(\\w*)\\R(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern HEADING = Pattern.compile("^#{1,6} +(.+?) *$", Pattern.MULTILINE);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^()\\s]+)\\)");
    private static final Pattern CODE_SPAN = Pattern.compile("`([^`]+)`");
    private static final Pattern ROW = Pattern.compile("^\\|(.*)\\|\\s*$", Pattern.MULTILINE);
    private static final Pattern COLUMN = Pattern.compile("(?<!\\\\)\\|");

    /**
     * A fenced block.
     *
     * @param language behind the opening fence, empty if none
     * @param line number of the opening fence
     * @param code between the fences
     */
    record Block(String language, long line, String code) {}

    static MarkdownPage of(Path path) throws IOException {
        return new MarkdownPage(path, Files.readString(path));
    }

    /** The pages of the root directory and all below {@code docs}. */
    static List<MarkdownPage> all() throws IOException {
        List<Path> paths = new ArrayList<>();
        try (Stream<Path> root = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            Stream.concat(root, docs)
                    .filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .forEach(paths::add);
        }
        List<MarkdownPage> pages = new ArrayList<>();
        for (Path path : paths) {
            pages.add(of(path));
        }
        return pages;
    }

    /** All pages but the records, whose names are those of the commit that was run. */
    static List<MarkdownPage> current() throws IOException {
        return all().stream()
                .filter(page -> !page.path().startsWith(ROOT.resolve("docs/results"))
                        && !page.path().endsWith("CHANGELOG.md"))
                .toList();
    }

    String name() {
        return ROOT.relativize(path).toString();
    }

    List<Block> blocks() {
        return FENCE.matcher(text).results().map(this::block).toList();
    }

    private Block block(MatchResult match) {
        return new Block(
                match.group(1), 1 + text.substring(0, match.start()).lines().count(), match.group(2));
    }

    /** Text in backticks outside of fenced blocks. */
    List<String> codeSpans() {
        return first(CODE_SPAN, withoutBlocks());
    }

    /** Targets of links, outside of code. */
    List<String> links() {
        return first(LINK, CODE_SPAN.matcher(withoutBlocks()).replaceAll("")).stream()
                .filter(target -> !target.startsWith("http"))
                .toList();
    }

    /** Names by which headings can be linked to, as GitHub makes them. */
    List<String> anchors() {
        return first(HEADING, withoutBlocks()).stream()
                .map(heading -> heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    /** Cells of all rows of tables, rules and headers included. */
    List<List<String>> rows() {
        return ROW.matcher(withoutBlocks())
                .results()
                .map(match -> Arrays.stream(COLUMN.split(match.group(1), -1))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    private String withoutBlocks() {
        return FENCE.matcher(text).replaceAll("");
    }

    private static List<String> first(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }
}
