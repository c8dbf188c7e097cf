/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.Arrays;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Streams made of one data set, and generated trials. */
class TaskStreamTest {
    private static final int[][] PAIRS = {{3, 1}, {0, 2}};

    /** Twelve examples of four classes, the example number as its only feature. */
    private static ViewIterator numbers() {
        INDArray x = Nd4j.arange(12).castTo(DataType.DOUBLE).reshape(12, 1);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, 12, 4);
        for (int n = 0; n < 12; n++) {
            y.putScalar(n, n % 4, 1);
        }
        return new ViewIterator(new DataSet(x, y), 4);
    }

    private static MultiDataSet all(TaskData data) {
        return data.batch(LongStream.range(0, data.examples()).toArray());
    }

    @Test
    void headsGetTheirOwnClassesAndMasks() {
        TaskStream stream = TaskStream.taskIncremental(numbers(), numbers(), PAIRS);
        MultiDataSet second = all(stream.tasks().get(1).train());
        assertThat(stream.tasks().get(1).output()).isEqualTo(1);
        assertThat(second.getFeatures(0).toDoubleVector()).containsExactly(0, 2, 4, 6, 8, 10);
        assertThat(second.getLabels(1).argMax(1).toLongVector()).containsExactly(0, 1, 0, 1, 0, 1);
        assertThat(second.getLabels(0).sumNumber().doubleValue()).isZero();
        assertThat(second.getLabelsMaskArray(0).toDoubleVector()).containsOnly(0);
        assertThat(second.getLabelsMaskArray(1).toDoubleVector()).containsOnly(1);
    }

    @Test
    void sharedOutputsAreRemapped() {
        TaskStream stream = TaskStream.domainIncremental(numbers(), numbers(), PAIRS);
        MultiDataSet first = all(stream.tasks().get(0).test());
        assertThat(first.getFeatures(0).toDoubleVector()).containsExactly(1, 3, 5, 7, 9, 11);
        assertThat(first.getLabels(0).argMax(1).toLongVector()).containsExactly(1, 0, 1, 0, 1, 0);
        assertThat(first.getLabels(0).size(1)).isEqualTo(2);
    }

    @Test
    void newClassesKeepTheirLabels() {
        TaskStream stream = TaskStream.classIncremental(numbers(), numbers(), PAIRS);
        MultiDataSet first = all(stream.tasks().get(0).train());
        assertThat(first.getLabels(0).argMax(1).toLongVector()).containsExactly(1, 3, 1, 3, 1, 3);
        assertThat(first.getLabels(0).size(1)).isEqualTo(4);
    }

    @Test
    void classesMustBeDifferentAndExist() {
        assertThatThrownBy(() -> TaskStream.classIncremental(numbers(), numbers(), new int[][] {{0, 1}, {1, 2}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be different")
                .hasMessageContaining("[[0, 1], [1, 2]]");
        assertThatThrownBy(() -> TaskStream.classIncremental(numbers(), numbers(), new int[][] {{0, 4}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("in [0, 4)");
        assertThatThrownBy(() -> TaskStream.domainIncremental(numbers(), numbers(), new int[][] {{0, 1}, {2}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("as many for each task");
    }

    @Test
    void permutationsKeepTheFirstTaskAndEveryValue() {
        TaskData data = TaskData.of(
                new DataSet(Nd4j.arange(20).castTo(DataType.DOUBLE).reshape(2, 10), Nd4j.ones(DataType.DOUBLE, 2, 1)));
        TaskStream stream = TaskStream.permuted(data, data, 3, 7);
        assertThat(stream.names()).containsExactly("permutation 0", "permutation 1", "permutation 2");
        double[] first =
                all(stream.tasks().get(0).train()).getFeatures(0).dup().data().asDouble();
        double[] second =
                all(stream.tasks().get(1).train()).getFeatures(0).dup().data().asDouble();
        assertThat(first).isSorted();
        assertThat(second).isNotEqualTo(first);
        assertThat(Arrays.stream(second).limit(10).sorted().toArray()).isEqualTo(Arrays.copyOf(first, 10));
        for (int i = 0; i < 10; i++) {
            assertThat(second[i + 10] - second[i])
                    .as("the same order in every example")
                    .isEqualTo(10);
        }
    }

    @Test
    void quarterTurnsMovePixelsCounterClockwise() {
        TaskData data = TaskData.of(new DataSet(
                Nd4j.createFromArray(new double[][] {{1, 2, 3, 4, 5, 6, 7, 8, 9}}), Nd4j.ones(DataType.DOUBLE, 1, 1)));
        TaskStream stream = TaskStream.rotated(data, data, new double[] {0, 90}, 3, 3);
        assertThat(all(stream.tasks().get(0).train())
                        .getFeatures(0)
                        .dup()
                        .data()
                        .asDouble())
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(all(stream.tasks().get(1).train())
                        .getFeatures(0)
                        .dup()
                        .data()
                        .asDouble())
                .containsExactly(3, 6, 9, 2, 5, 8, 1, 4, 7);
        assertThatThrownBy(() -> TaskStream.rotated(data, data, new double[] {10}, 4, 4)
                        .tasks()
                        .get(0)
                        .train()
                        .batch(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("images of 16 pixels");
    }

    /** An eighth of a turn: the corners of a square of five come from beyond its edges, the centre stays. */
    @Test
    void pixelsFromBeyondTheEdgesAreZero() {
        TaskData data = TaskData.of(new DataSet(
                Nd4j.arange(1, 26).castTo(DataType.DOUBLE).reshape(1, 25), Nd4j.ones(DataType.DOUBLE, 1, 1)));
        double[] turned = all(TaskStream.rotated(data, data, new double[] {45}, 5, 5)
                        .tasks()
                        .get(0)
                        .train())
                .getFeatures(0)
                .dup()
                .data()
                .asDouble();
        for (int corner : new int[] {0, 4, 20, 24}) {
            assertThat(turned[corner]).isZero();
        }
        assertThat(turned[12]).isEqualTo(13);
        assertThat(Arrays.stream(turned).filter(pixel -> pixel == 0)).hasSize(4);
    }

    @Test
    void anIteratorIsReadFromItsStart() {
        ViewIterator iterator = numbers();
        iterator.next();
        TaskData data = TaskData.of(iterator);
        assertThat(data.examples()).isEqualTo(12);
        assertThat(data.batch(11, 0).getFeatures(0).toDoubleVector()).containsExactly(11, 0);
        for (long bad : new long[] {-1, 12}) {
            assertThatThrownBy(() -> data.batch(3, bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("in [0, 12) but one is " + bad);
        }
    }

    @Test
    void iteratorsGoThroughAllExamplesAndStartAgain() {
        MultiDataSetIterator iterator = TaskData.of(numbers()).iterator(5);
        for (int pass = 0; pass < 2; pass++) {
            assertThat(iterator.next().getFeatures(0).toDoubleVector()).containsExactly(0, 1, 2, 3, 4);
            iterator.next();
            assertThat(iterator.next().getFeatures(0).length()).isEqualTo(2);
            assertThat(iterator.hasNext()).isFalse();
            iterator.reset();
        }
    }

    /** Trials are the same whenever they are asked for, alone or with others, and follow their rule. */
    @Test
    void trialsAreReproducibleAndFollowTheirRule() {
        for (StimulusResponseTasks.Rule rule : StimulusResponseTasks.Rule.values()) {
            TaskData trials = StimulusResponseTasks.trials(rule, 100, 5, DataType.DOUBLE);
            MultiDataSet many = trials.batch(3, 50, 7);
            MultiDataSet one = trials.batch(50);
            long steps = one.getFeatures(0).size(2);
            for (long t = 0; t < steps; t++) {
                assertThat(many.getFeatures(0).getDouble(1, 0, t))
                        .isEqualTo(one.getFeatures(0).getDouble(0, 0, t));
            }
            assertThat(many.getFeaturesMaskArray(0).getRow(1).sumNumber().longValue())
                    .isEqualTo(steps);
            assertRule(rule, one, (int) steps);
        }
    }

    private static void assertRule(StimulusResponseTasks.Rule rule, MultiDataSet trial, int steps) {
        INDArray x = trial.getFeatures(0);
        INDArray y = trial.getLabels(0);
        double answer = Math.atan2(y.getDouble(0, 1, steps - 1) - 0.05, y.getDouble(0, 2, steps - 1) - 0.05);
        double[] sums = new double[5];
        for (int t = 0; t < steps; t++) {
            for (int channel = 1; channel < 5; channel++) {
                sums[channel] += x.getDouble(0, channel, t);
            }
        }
        boolean decides = rule == StimulusResponseTasks.Rule.DM1 || rule == StimulusResponseTasks.Rule.DM2;
        boolean first = decides
                ? rule == StimulusResponseTasks.Rule.DM1
                : Math.hypot(sums[1], sums[2]) > Math.hypot(sums[3], sums[4]);
        double shown = first ? Math.atan2(sums[1], sums[2]) : Math.atan2(sums[3], sums[4]);
        boolean opposite = rule == StimulusResponseTasks.Rule.FDANTI || rule == StimulusResponseTasks.Rule.DELAYANTI;
        double error = Math.IEEEremainder(answer - shown - (opposite ? Math.PI : 0), 2 * Math.PI);
        assertThat(error)
                .as("%s", rule)
                .isCloseTo(0, within(decides ? 1.6 : 0.5)); // the weaker stimulus pulls; noise 0.14
        assertThat(y.getDouble(0, 0, 0)).isCloseTo(0.85, within(1e-12));
        assertThat(y.getDouble(0, 0, steps - 1)).isCloseTo(0.05, within(1e-12));
        assertThat(trial.getLabelsMaskArray(0).getDouble(0, steps - 1)).isEqualTo(1);
    }
}
