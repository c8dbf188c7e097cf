/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.stream.Stream;

/**
 * Golden cases of one group, meant for {@code @MethodSource}.
 *
 * <p>A group is a directory, a case is a sub-directory or a JSON file in it. Groups are taken from
 * {@code -Dgolden.dir=DIR} (a relative DIR may start at any directory above the module) or else from the class path
 * resource {@code /golden} of the module under test. Without any matching case the stream holds one placeholder whose
 * first access skips the test with the reason, so that a missing group is reported as skipped and not as an error.
 */
public final class GoldenCases {
    /** Property that names the directory of all groups. */
    public static final String PROPERTY = GoldenGroup.PROPERTY;

    private final GoldenGroup group;

    private GoldenCases(GoldenGroup group) {
        this.group = group;
    }

    /**
     * Selects a group.
     *
     * @param group name such as {@code "fishleg"}; nested groups are written with slashes
     * @return its cases, looked up when they are asked for
     * @throws IllegalArgumentException if the property names no directory
     */
    public static GoldenCases in(String group) {
        return in(GoldenGroup.locate(group));
    }

    static GoldenCases in(GoldenGroup group) {
        return new GoldenCases(group);
    }

    /**
     * All cases of the group.
     *
     * @return cases in alphabetical order, or one placeholder
     */
    public Stream<GoldenCase> all() {
        return matching("*");
    }

    /**
     * Cases whose name matches a pattern.
     *
     * @param glob file name pattern such as {@code "mlp_*"} or <code>{tanh,relu}_*</code>; names have no {@code .json}
     * @return cases in alphabetical order, or one placeholder
     */
    public Stream<GoldenCase> matching(String glob) {
        List<GoldenCase> cases = list(FileSystems.getDefault().getPathMatcher("glob:" + glob));
        return cases.isEmpty() ? Stream.of(GoldenCase.absent(group.absenceOf(glob))) : cases.stream();
    }

    /**
     * The case of a given name.
     *
     * @param name name without {@code .json}
     * @return the case, or a placeholder
     */
    public GoldenCase named(String name) {
        return list(path -> path.toString().equals(name)).stream()
                .findFirst()
                .orElseGet(() -> GoldenCase.absent(group.absenceOf(name)));
    }

    private List<GoldenCase> list(PathMatcher matcher) {
        if (!group.isPresent()) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(group.directory())) {
            return entries.filter(GoldenCase::isCase)
                    .map(GoldenCase::at)
                    .filter(golden -> matcher.matches(Path.of(golden.name())))
                    .sorted((a, b) -> a.name().compareTo(b.name()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list golden cases in " + group.directory(), e);
        }
    }
}
