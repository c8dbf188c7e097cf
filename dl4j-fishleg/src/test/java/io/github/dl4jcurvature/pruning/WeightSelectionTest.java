/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Three layers of 5, 3 + 2 and 4 rows in a vector with gaps; scores are small integers, so that many are equal. */
class WeightSelectionTest {
    private static final List<PrunableParameter> PARAMETERS = List.of(
            new PrunableParameter("a", 0, "W", 0, 35, 7),
            new PrunableParameter("b", 1, "W", 40, 12, 4),
            new PrunableParameter("b", 1, "RW", 52, 10, 5),
            new PrunableParameter("c", 2, "W", 70, 40, 10));
    private static final int SIZE = 115;
    private static final int WEIGHTS = 97;

    private final boolean[] alive = new boolean[SIZE];

    WeightSelectionTest() {
        Arrays.fill(alive, true);
    }

    @RepeatedTest(20)
    void globallyTheSmallestScoresGoAndTiesByPosition(RepetitionInfo info) {
        double[] scores = scores(info.getCurrentRepetition());
        for (double sparsity : new double[] {0, 0.004, 0.3, 0.5, 0.9}) {
            int[] chosen = selection(PruningScope.GLOBAL, PruningStructure.unstructured(), 0)
                    .choose(scores, alive, sparsity);

            int[] expected = positions()
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> scores[i]).thenComparingInt(i -> i))
                    .limit(Math.round(sparsity * WEIGHTS))
                    .sorted()
                    .mapToInt(i -> i)
                    .toArray();
            assertThat(chosen).containsExactly(expected);
        }
    }

    @RepeatedTest(5)
    void whatIsRemovedAlreadyCountsAndAnotherRemovalAtTheSameSparsityIsNone(RepetitionInfo info) {
        double[] scores = scores(info.getCurrentRepetition());
        for (PruningScope scope : PruningScope.values()) {
            Arrays.fill(alive, true);
            for (double sparsity : new double[] {0.25, 0.5, 0.75}) {
                WeightSelection selection = selection(scope, PruningStructure.unstructured(), 1);
                assertThat(selection.isReached(alive, sparsity)).isFalse();
                remove(selection.choose(scores, alive, sparsity));
                assertThat(selection.removed(alive)).isEqualTo(selection.goal(sparsity));
                assertThat(selection.isReached(alive, sparsity)).isTrue();
                assertThat(selection.choose(scores, alive, sparsity)).isEmpty();
            }
        }
    }

    @Test
    void perLayerEachLosesItsPart() {
        double[] scores = scores(1);
        for (double sparsity : new double[] {0.1, 0.5, 0.8}) {
            Arrays.fill(alive, true);
            remove(selection(PruningScope.PER_LAYER, PruningStructure.unstructured(), 1)
                    .choose(scores, alive, sparsity));
            assertThat(new long[] {gone(0, 35), gone(40, 22), gone(70, 40)})
                    .containsExactly(Math.round(sparsity * 35), Math.round(sparsity * 22), Math.round(sparsity * 40));
        }
    }

    @Test
    void perLayerNoneLosesWhatItMustKeep() {
        remove(selection(PruningScope.PER_LAYER, PruningStructure.unstructured(), 10)
                .choose(scores(1), alive, 0.8));
        assertThat(new long[] {gone(0, 35), gone(40, 22), gone(70, 40)}).containsExactly(25, 12, 30);
    }

    @Test
    void oneWeightThatMayStillGoIsWork() {
        double sparsity = 10.0 / WEIGHTS;
        WeightSelection selection = selection(PruningScope.GLOBAL, PruningStructure.unstructured(), 0);
        Arrays.fill(alive, 0, 9, false);
        assertThat(selection.isReached(alive, sparsity)).isFalse();
        alive[9] = false;
        assertThat(selection.isReached(alive, sparsity)).isTrue();
    }

    @Test
    void blocksThatAreGoneAreNoWork() {
        double[] scores = scores(3);
        WeightSelection selection = selection(PruningScope.GLOBAL, PruningStructure.blocks(5), 0);
        remove(selection.choose(scores, alive, 0.3));
        remove(selection.choose(scores, alive, 0.6)); // refuses weights that are gone
        assertThat(selection.removed(alive)).isBetween(selection.goal(0.6) - 4, selection.goal(0.6));
    }

    @Test
    void aLayerKeepsItsLeastNumberAndTheOthersLoseTheRest() {
        double[] scores = scores(1);
        for (int i = 40; i < 62; i++) {
            scores[i] = 0; // the layer b would go first
        }
        remove(selection(PruningScope.GLOBAL, PruningStructure.unstructured(), 3)
                .choose(scores, alive, 0.6));
        assertThat(gone(40, 22)).isEqualTo(19);
        assertThat(gone(0, SIZE)).isEqualTo(Math.round(0.6 * WEIGHTS));
        assertThatThrownBy(() -> selection(PruningScope.GLOBAL, PruningStructure.unstructured(), 20)
                        .choose(scores, alive, 0.75))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("minKeep");
    }

    @RepeatedTest(5)
    void everyGroupKeepsItsLargestScoresInTheEndWhateverTheScopeAndTheWay(RepetitionInfo info) {
        double[] scores = scores(info.getCurrentRepetition());
        for (PruningScope scope : PruningScope.values()) {
            WeightSelection selection = selection(scope, PruningStructure.keepNOfM(2, 4), 1);
            double end = selection.finalSparsity(0.5);
            // rows of 7 lose 2 and 1, of 4 lose 2, of 5 lose 2 and 0, of 10 lose 4 and 0
            assertThat(end).isEqualTo((5 * 3 + 3 * 2 + 2 * 2 + 4 * 4) / (double) WEIGHTS);
            Arrays.fill(alive, true);
            for (double part : new double[] {0.3, 0.6}) {
                remove(selection.choose(scores, alive, part * end));
                assertThat(gone(0, SIZE)).isEqualTo(selection.goal(part * end));
                assertThat(selection.isReached(alive, end)).isFalse();
                if (scope == PruningScope.PER_LAYER) {
                    assertThat(new long[] {gone(0, 35), gone(40, 22), gone(70, 40)})
                            .containsExactly(Math.round(part * 15), Math.round(part * 10), Math.round(part * 16));
                }
            }
            remove(selection.choose(scores, alive, end));
            assertThat(selection.isReached(alive, end)).isTrue();
            assertGroups(scores);
        }
    }

    private void assertGroups(double[] scores) {
        for (PrunableParameter parameter : PARAMETERS) {
            for (int i = (int) parameter.from(); i < parameter.to(); i++) {
                long row = parameter.from() + (i - parameter.from()) / parameter.fanIn() * parameter.fanIn();
                int start = (int) (row + (i - row) / 4 * 4);
                int end = (int) Math.min(start + 4, row + parameter.fanIn());
                int weight = i;
                long before = IntStream.range(start, end)
                        .filter(j -> scores[j] > scores[weight] || (scores[j] == scores[weight] && j > weight))
                        .count();
                assertThat(alive[i]).isEqualTo(before < 2);
            }
        }
    }

    @Test
    void groupsGetTheirPatternAfterAnyOtherRemoval() {
        double[] scores = scores(2);
        remove(selection(PruningScope.GLOBAL, PruningStructure.unstructured(), 1)
                .choose(scores, alive, 0.6));
        WeightSelection selection = selection(PruningScope.GLOBAL, PruningStructure.keepNOfM(2, 4), 1);
        remove(selection.choose(scores, alive, selection.finalSparsity(0.5)));
        for (int row = 70; row < 110; row += 10) {
            for (int group = row; group < row + 8; group += 4) {
                assertThat(gone(group, 4)).isGreaterThanOrEqualTo(2);
            }
        }
        assertThat(selection.isReached(alive, selection.finalSparsity(0.5))).isTrue();
        assertThatThrownBy(() -> selection(PruningScope.GLOBAL, PruningStructure.keepNOfM(1, 4), 30)
                        .choose(scores, alive, 0.9))
                .hasMessageContaining("minKeep");
    }

    @RepeatedTest(5)
    void blocksGoWholeInTheOrderOfTheirSums(RepetitionInfo info) {
        double[] scores = scores(info.getCurrentRepetition());
        int[] chosen =
                selection(PruningScope.GLOBAL, PruningStructure.blocks(5), 0).choose(scores, alive, 0.5);

        List<int[]> blocks = new ArrayList<>();
        for (PrunableParameter parameter : PARAMETERS) {
            for (int row = (int) parameter.from(); row < parameter.to(); row += (int) parameter.fanIn()) {
                int end = (int) (row + parameter.fanIn());
                for (int from = row; from < end; from += 5) {
                    blocks.add(IntStream.range(from, Math.min(from + 5, end)).toArray());
                }
            }
        }
        // integers add without rounding
        blocks.sort(Comparator.comparingDouble((int[] block) ->
                Arrays.stream(block).mapToDouble(i -> scores[i]).sum()));
        List<Integer> expected = new ArrayList<>();
        for (int[] block : blocks) {
            if (expected.size() + block.length > Math.round(0.5 * WEIGHTS)) {
                break;
            }
            Arrays.stream(block).forEach(expected::add);
        }
        assertThat(Arrays.stream(chosen).boxed()).containsExactlyInAnyOrderElementsOf(expected);
        remove(chosen);
        assertThat(selection(PruningScope.GLOBAL, PruningStructure.blocks(5), 0).isReached(alive, 0.5))
                .isTrue();
    }

    @Test
    void scoresThatAreNoNumbersOrNegativeAreRefusedWhereWeightsLive() {
        WeightSelection selection = selection(PruningScope.GLOBAL, PruningStructure.unstructured(), 1);
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1}) {
            double[] scores = scores(1);
            scores[35] = bad; // in a gap
            selection.choose(scores, alive, 0.5);
            scores[75] = bad;
            assertThatThrownBy(() -> selection.choose(scores, alive, 0.5))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessageContaining("weight 5 of layer 'c'")
                    .hasMessageContaining(Double.toString(bad));
            alive[75] = false;
            selection.choose(scores, alive, 0.5);
            alive[75] = true;
        }
    }

    private static WeightSelection selection(PruningScope scope, PruningStructure structure, int minKeep) {
        return new WeightSelection(PARAMETERS, scope, structure, minKeep);
    }

    private static IntStream positions() {
        return PARAMETERS.stream()
                .flatMapToInt(parameter -> IntStream.range((int) parameter.from(), (int) parameter.to()));
    }

    private static double[] scores(long seed) {
        return new Random(seed).ints(SIZE, 0, 30).asDoubleStream().toArray();
    }

    private void remove(int... chosen) {
        for (int index : chosen) {
            assertThat(alive[index]).isTrue();
            alive[index] = false;
        }
    }

    private long gone(int from, int length) {
        return IntStream.range(from, from + length).filter(i -> !alive[i]).count();
    }
}
