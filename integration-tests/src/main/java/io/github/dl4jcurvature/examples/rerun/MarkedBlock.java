/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.rerun;

/**
 * A part of a Markdown page between {@code <!-- benchmark:NAME -->} and {@code <!-- /benchmark:NAME -->}, each on a line of its own.
 *
 * @param name of the example
 */
public record MarkedBlock(String name) {
    private String opening() {
        return "<!-- benchmark:%s -->".formatted(name);
    }

    private String closing() {
        return "<!-- /benchmark:%s -->".formatted(name);
    }

    /**
     * Replaces what is between the marks; a page without them gets both at its end, below a heading.
     *
     * @param page text of the page
     * @param content new text of the block
     * @return text of the page with it
     * @throws IllegalArgumentException if one mark is missing, stands twice, or they are in the wrong order
     */
    public String replacedIn(String page, String content) {
        String block = "%s%n%s%n%s".formatted(opening(), content.strip(), closing());
        int start = only(page, opening());
        int end = only(page, closing());
        if (start < 0 && end < 0) {
            return "%s%n%n## Latest run of `%s`%n%n%s%n".formatted(page.stripTrailing(), name, block);
        }
        if (start < 0 || end < start) {
            throw new IllegalArgumentException(
                    "block %s must have one opening and, behind it, one closing mark; mend the page or remove both"
                            .formatted(name));
        }
        return page.substring(0, start) + block + page.substring(end + closing().length());
    }

    private int only(String page, String mark) {
        int first = page.indexOf(mark);
        if (first != page.lastIndexOf(mark)) {
            throw new IllegalArgumentException(
                    "mark '%s' stands more than once; each block must be there once".formatted(mark));
        }
        return first;
    }
}
