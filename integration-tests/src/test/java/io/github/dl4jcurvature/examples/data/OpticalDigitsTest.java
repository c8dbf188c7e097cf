/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.data;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

import static org.assertj.core.api.Assertions.assertThat;

class OpticalDigitsTest {
    private final OpticalDigits digits = new OpticalDigits(7);

    @Test
    void partsCoverAllImagesAndShareNone() {
        int[] all = Stream.of(Part.values())
                .flatMapToInt(part -> IntStream.of(digits.rows(part)))
                .sorted()
                .toArray();

        assertThat(all)
                .isEqualTo(IntStream.range(0, OpticalDigits.EXAMPLES).toArray())
                .hasSize(1797);
        assertThat(digits.rows(Part.TRAIN)).hasSize(1000);
        assertThat(digits.rows(Part.TEST)).hasSize(500);
    }

    /** The numbers of images of each digit are those the source documents for its test part. */
    @Test
    void classesHaveTheDocumentedFrequencies() {
        long[] counts = new long[OpticalDigits.CLASSES];
        for (Part part : Part.values()) {
            INDArray perClass = digits.part(part, Target.CLASS).getLabels().sum(0);
            for (int digit = 0; digit < counts.length; digit++) {
                counts[digit] += Math.round(perClass.getDouble(digit));
            }
        }

        assertThat(counts).containsExactly(178, 182, 177, 183, 181, 182, 181, 179, 174, 180);
    }

    @Test
    void pixelsAreScaledFromSixteenLevels() {
        DataSet data = digits.part(Part.TRAIN, Target.PIXELS);
        INDArray pixels = data.getFeatures();

        assertThat(pixels.dataType()).isEqualTo(DataType.FLOAT);
        assertThat(pixels.shape()).containsExactly(1000, 64);
        assertThat(pixels.minNumber().floatValue()).isEqualTo(0);
        assertThat(pixels.maxNumber().floatValue()).isEqualTo(1);
        for (float pixel : pixels.dup('c').data().asFloat()) {
            assertThat(16 * pixel).isEqualTo(Math.round(16 * pixel));
        }
        assertThat(data.getLabels()).isSameAs(pixels);
    }

    /** First line of the file: a zero whose third to sixth pixels are 5, 13, 9, 1 of 16. */
    @Test
    void rowsAreThoseOfTheFile() {
        for (Part part : Part.values()) {
            int position = indexOf(digits.rows(part), 0);
            if (position >= 0) {
                DataSet data = digits.part(part, Target.CLASS);
                assertThat(Arrays.copyOf(data.getFeatures().getRow(position).toFloatVector(), 6))
                        .containsExactly(0, 0, 5 / 16f, 13 / 16f, 9 / 16f, 1 / 16f);
                assertThat(data.getLabels().getRow(position).toFloatVector())
                        .containsExactly(1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
                return;
            }
        }
        throw new AssertionError("no part holds row 0");
    }

    @Test
    void theSeedDecidesTheSplit() {
        assertThat(new OpticalDigits(7).rows(Part.TEST)).isEqualTo(digits.rows(Part.TEST));
        assertThat(new OpticalDigits(8).rows(Part.TEST)).isNotEqualTo(digits.rows(Part.TEST));
    }

    private static int indexOf(int[] rows, int row) {
        return IntStream.range(0, rows.length)
                .filter(i -> rows[i] == row)
                .findFirst()
                .orElse(-1);
    }
}
