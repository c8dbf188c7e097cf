/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MergedBatchTest {
    private static MultiDataSet part(int examples, int outputs, double value, @Nullable INDArray mask) {
        return new MultiDataSet(
                new INDArray[] {Nd4j.valueArrayOf(new long[] {examples, 2}, value, DataType.DOUBLE)},
                new INDArray[] {Nd4j.valueArrayOf(new long[] {examples, outputs}, value, DataType.DOUBLE)},
                null,
                mask == null ? null : new INDArray[] {mask});
    }

    private static INDArray column(double... values) {
        return Nd4j.createFromArray(values).reshape(values.length, 1);
    }

    @Test
    void masksOfExamplesStayColumnsAndMissingOnesCountInFull() {
        MultiDataSet merged =
                MergedBatch.of(List.of(part(2, 3, 1, column(0, 1)), part(1, 3, 2, null), part(2, 3, 3, column(1, 0))));

        assertThat(merged.getLabelsMaskArray(0)).isEqualTo(column(0, 1, 1, 1, 0));
        assertThat(merged.getFeatures(0).getColumn(0).toDoubleVector()).containsExactly(1, 1, 2, 3, 3);
        assertThat(merged.getLabels(0).getColumn(2).toDoubleVector()).containsExactly(1, 1, 2, 3, 3);
    }

    @Test
    void masksOfOutputsStayWhatTheyAre() {
        INDArray mask = Nd4j.createFromArray(new double[][] {{1, 0, 1}});

        MultiDataSet merged = MergedBatch.of(List.of(part(1, 3, 1, mask), part(1, 3, 2, null)));

        assertThat(merged.getLabelsMaskArray(0)).isEqualTo(Nd4j.createFromArray(new double[][] {{1, 0, 1}, {1, 1, 1}}));
    }

    @Test
    void withoutMasksThereIsNone() {
        assertThat(MergedBatch.of(List.of(part(1, 3, 1, null), part(2, 3, 2, null)))
                        .getLabelsMaskArrays())
                .isNull();
        MultiDataSet only = part(2, 1, 1, column(1, 0));
        assertThat(MergedBatch.of(List.of(only))).isSameAs(only);
    }

    @Test
    void masksOfStepsAreTheHosts() {
        INDArray mask = Nd4j.createFromArray(new double[][] {{1, 0}});
        MultiDataSet masked = sequence(mask);

        MultiDataSet merged = MergedBatch.of(List.of(masked, sequence(null)));

        assertThat(merged.getLabelsMaskArray(0)).isEqualTo(Nd4j.createFromArray(new double[][] {{1, 0}, {1, 1}}));
    }

    /** The host repeats it for every pixel, which a convolution then refuses. */
    @Test
    void masksOfImagesStayColumns() {
        INDArray images = Nd4j.ones(DataType.DOUBLE, 2, 3, 4, 4);
        INDArray labels = Nd4j.ones(DataType.DOUBLE, 2, 2);
        MultiDataSet masked =
                new MultiDataSet(new INDArray[] {images}, new INDArray[] {labels}, new INDArray[] {column(1, 0)}, null);
        MultiDataSet plain = new MultiDataSet(new INDArray[] {images}, new INDArray[] {labels});

        assertThat(MergedBatch.of(List.of(plain, masked)).getFeaturesMaskArray(0))
                .isEqualTo(column(1, 1, 1, 0));
    }

    /** Of 2 x 3 x 4 images: of the whole shape, or 1 along some axes but the first. */
    @Test
    void masksOfImagesMayBeOneAlongAxes() {
        MultiDataSet plain = images(null);
        for (long[] shape : new long[][] {{2, 3, 4, 4}, {2, 1, 4, 4}, {2, 3, 1, 4}, {2, 1, 1, 1}}) {
            MultiDataSet masked = images(Nd4j.ones(DataType.DOUBLE, shape));
            assertThat(MergedBatch.of(List.of(masked, masked))
                            .getFeaturesMaskArray(0)
                            .size(0))
                    .isEqualTo(4);
        }
        for (long[] shape :
                new long[][] {{1, 3, 4, 4}, {2, 2, 4, 4}, {2, 3, 4, 5}, {2, 3, 4}, {2, 1, 2, 4}, {2, 3, 4, 4, 1}}) {
            MultiDataSet masked = images(Nd4j.ones(DataType.DOUBLE, shape));
            assertThatThrownBy(() -> MergedBatch.of(List.of(plain, masked)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("features mask has shape");
        }
    }

    private static MultiDataSet images(@Nullable INDArray mask) {
        return new MultiDataSet(
                new INDArray[] {Nd4j.ones(DataType.DOUBLE, 2, 3, 4, 4)},
                new INDArray[] {Nd4j.ones(DataType.DOUBLE, 2, 2)},
                mask == null ? null : new INDArray[] {mask},
                null);
    }

    /** The host would write beyond the end of its memory. */
    @Test
    void masksOfDifferentKindsAreRefused() {
        MultiDataSet ofSteps = sequence(Nd4j.ones(DataType.DOUBLE, 1, 2));
        MultiDataSet ofElements = sequence(Nd4j.ones(DataType.DOUBLE, 1, 3, 2));

        assertThatThrownBy(() -> MergedBatch.of(List.of(ofSteps, ofElements)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("label mask 0 is one of [STEPS, ELEMENTS] in different batches");
    }

    @Test
    void masksOfOtherShapesAreRefused() {
        MultiDataSet columns = sequence(Nd4j.ones(DataType.DOUBLE, 2, 1));
        MultiDataSet longer = part(2, 3, 1, column(1, 1, 0));

        assertThatThrownBy(() -> MergedBatch.of(List.of(columns, sequence(null))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("label mask has shape [2, 1] but must be that of the array [1, 3, 2]");
        assertThatThrownBy(() -> MergedBatch.of(List.of(part(1, 3, 1, null), longer)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("label mask has shape [3, 1] but must be that of the array [2, 3]");
    }

    private static MultiDataSet sequence(@Nullable INDArray mask) {
        INDArray values = Nd4j.ones(DataType.DOUBLE, 1, 3, 2);
        return new MultiDataSet(
                new INDArray[] {values}, new INDArray[] {values}, null, mask == null ? null : new INDArray[] {mask});
    }
}
