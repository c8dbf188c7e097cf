/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.Regularization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Masks by themselves; where both they and constraints hold weights at zero, one makes up for the other. */
class PruningMaskTest {
    private static final PruningMask MASK = mask(part("W", 2, 4, 1), part("RW", 6, 4, 0, 3), part("b", 10, 3, 2));

    private final INDArray network = Nd4j.ones(DataType.DOUBLE, 13);

    @Test
    void gradientsAreMaskedByThePartOfTheirParameter() {
        assertThat(masked(MASK, 2, 6, DataType.DOUBLE)).containsExactly(1, 0, 1, 1);
        assertThat(masked(MASK, 6, 10, DataType.DOUBLE)).containsExactly(0, 1, 1, 0);
        assertThat(masked(MASK, 10, 13, DataType.DOUBLE)).containsExactly(1, 1, 0);
        assertThat(masked(MASK, 10, 13, DataType.FLOAT)).containsExactly(1, 1, 0); // the mask of another type was kept
        assertThat(masked(MASK, 0, 2, DataType.DOUBLE)).containsExactly(1, 1); // none of so many entries
    }

    @Test
    void aPartThatIsTheOnlyOneOfItsLengthNeedsNoPosition() {
        assertThat(masked(mask(part("W", 7, 3, 0), part("b", 0, 2)), 4, 7, DataType.DOUBLE))
                .containsExactly(0, 1, 1);
    }

    @Test
    void oneOfSeveralPartsOfALengthMustBeAtItsPosition() {
        assertThatThrownBy(() -> masked(MASK, 4, 8, DataType.DOUBLE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("several parameters of 4 entries but none at position 4")
                .hasMessageContaining("FishLegSurgeon.prune");
    }

    @Test
    void partsWithoutRemovedEntriesLeaveGradientsAsTheyAre() {
        PruningMask mask = mask(part("W", 0, 3));
        assertThat(masked(mask, 0, 3, DataType.DOUBLE)).containsExactly(1, 1, 1);
        assertThat(mask.maskOf("W", DataType.DOUBLE)).isNull();
        assertThat(MASK.maskOf("RW", DataType.FLOAT)).isEqualTo(Nd4j.createFromArray(0f, 1f, 1f, 0f));
        assertThat(MASK.maskOf("V", DataType.FLOAT)).isNull();
        assertThat(MASK.score(network, 0, 0)).isZero();
        assertThat(MASK.applyStep()).isEqualTo(Regularization.ApplyStep.BEFORE_UPDATER);
    }

    @Test
    void masksAndConstraintsAreEqualIfTheirPartsAre() {
        PruningMask same = mask(part("W", 2, 4, 1), part("RW", 6, 4, 0, 3), part("b", 10, 3, 2));
        assertThat(MASK)
                .isEqualTo(same)
                .hasSameHashCodeAs(same)
                .isEqualTo(MASK.clone())
                .hasToString("PruningMask([W: 1 of 4, RW: 2 of 4, b: 1 of 3])");
        PruningConstraint constraint = new PruningConstraint(MASK);
        assertThat(constraint)
                .isEqualTo(new PruningConstraint(same))
                .hasSameHashCodeAs(new PruningConstraint(same))
                .isEqualTo(constraint.clone())
                .hasToString("PruningConstraint(%s)".formatted(MASK));
        Stream.of(part("V", 2, 4, 1), part("W", 1, 4, 1), part("W", 2, 5, 1), part("W", 2, 4, 2))
                .map(first -> mask(first, part("RW", 6, 4, 0, 3), part("b", 10, 3, 2)))
                .forEach(other -> {
                    assertThat(MASK).isNotEqualTo(other);
                    assertThat(constraint).isNotEqualTo(new PruningConstraint(other));
                });
    }

    @Test
    void aConstraintHoldsWhatIsRemovedAtZeroAndNothingElse() {
        MultiLayerNetwork model = PrunableCases.dense(new Sgd(0.1));
        Layer layer = model.getLayer(0);
        layer.getParam("W").assign(2);
        layer.getParam("b").assign(3);
        PruningConstraint constraint = new PruningConstraint(mask(part("W", 0, 48, 0, 7, 47), part("b", 48, 8)));

        constraint.applyConstraint(layer, 0, 0);

        INDArray expected = Nd4j.valueArrayOf(new long[] {6, 8}, 2, DataType.DOUBLE);
        expected.putScalar(0, 0, 0);
        expected.putScalar(1, 1, 0); // the host's columns follow each other
        expected.putScalar(5, 7, 0);
        assertThat(layer.getParam("W")).isEqualTo(expected);
        assertThat(layer.getParam("b").minNumber().doubleValue()).isEqualTo(3);
        assertThat(constraint.getParams()).containsExactly("W", "b");
    }

    @Test
    void aConstraintOfALayerOfAnotherSizeIsRefused() {
        Layer layer = PrunableCases.dense(new Sgd(0.1)).getLayer(0);
        INDArray before = layer.params().dup();
        assertRefused(part("W", 0, 40, 1), layer, "40 entries of W but 48 entries");
        assertRefused(part("W", 0, 40), layer, "40 entries of W but 48 entries");
        assertRefused(part("RW", 0, 48, 1), layer, "48 entries of RW but no such parameter");
        assertThat(layer.params()).isEqualTo(before);
    }

    private static void assertRefused(PruningMask.Part part, Layer layer, String message) {
        assertThatThrownBy(() -> new PruningConstraint(mask(part)).applyConstraint(layer, 0, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("layer 'layer0'")
                .hasMessageContaining(message)
                .hasMessageContaining("take PruningMask and PruningConstraint out");
    }

    /** What is left of a gradient of ones of the parameter at a place of the network. */
    private double[] masked(PruningMask mask, int from, int to, DataType type) {
        INDArray gradient = Nd4j.ones(type, to - from);
        mask.apply(network.get(NDArrayIndex.interval(from, to)), gradient, 0.1, 0, 0);
        return gradient.castTo(DataType.DOUBLE).data().asDouble();
    }

    private static PruningMask mask(PruningMask.Part... parts) {
        return new PruningMask(List.of(parts));
    }

    private static PruningMask.Part part(String name, long offset, int length, int... removed) {
        BitSet bits = new BitSet();
        for (int each : removed) {
            bits.set(each);
        }
        return PruningMask.Part.of(name, offset, length, bits);
    }
}
