/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses the weights of the smallest scores, ties by position.
 *
 * @param parameters the weight matrices that may lose weights
 * @param scope among which weights scores are compared
 * @param structure which sets may go
 * @param minKeep weights that each layer keeps at least
 */
record WeightSelection(
        List<PrunableParameter> parameters, PruningScope scope, PruningStructure structure, int minKeep) {

    /** Weights that go together; {@code entries} holds their positions in the flat vector. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Unit(int layer, double score, int[] entries) {}

    /** Number of weights in all matrices. */
    long weights() {
        return parameters.stream().mapToLong(PrunableParameter::length).sum();
    }

    /** Number of weights that are removed. */
    long removed(boolean[] alive) {
        return Arrays.stream(gone(alive)).sum();
    }

    /** Number of weights to be removed in all at a sparsity; a structure may allow somewhat fewer. */
    long goal(double sparsity) {
        return scope == PruningScope.GLOBAL
                ? Math.round(sparsity * weights())
                : Arrays.stream(layerGoals(sparsity)).sum();
    }

    /** Whether nothing is left to remove at a sparsity, whatever the scores. */
    boolean isReached(boolean[] alive, double sparsity) {
        if (isComplete(sparsity)) {
            return units(new double[alive.length], alive).isEmpty();
        }
        long room = scope == PruningScope.GLOBAL
                ? goal(sparsity) - removed(alive)
                : Arrays.stream(layerRooms(alive, sparsity)).sum();
        return room < (structure instanceof PruningStructure.Blocks blocks ? blocks.size() : 1);
    }

    /**
     * Positions of the weights to remove so that the wished part of all weights is removed in all.
     *
     * @param scores by position in the flat vector; non-negative where alive
     * @param alive by position, false for weights that are removed already
     * @param sparsity wished part of removed weights, in [0, 1)
     * @return positions in ascending order; none if as many are removed already
     * @throws ArithmeticException if a score of a living weight is negative or not finite
     * @throws IllegalArgumentException if the layers cannot lose so many
     */
    int[] choose(double[] scores, boolean[] alive, double sparsity) {
        requireScores(scores, alive);
        List<Unit> units = units(scores, alive);
        units.sort(Comparator.comparingDouble(Unit::score).thenComparingInt(unit -> unit.entries()[0]));
        if (isComplete(sparsity)) {
            return take(units, units.size(), keepLimits(alive), true);
        }
        if (scope == PruningScope.GLOBAL) {
            return take(units, goal(sparsity) - removed(alive), keepLimits(alive), mustFill());
        }
        long[] rooms = layerRooms(alive, sparsity);
        return take(units, Arrays.stream(rooms).sum(), rooms, mustFill());
    }

    private boolean mustFill() {
        return structure instanceof PruningStructure.Unstructured;
    }

    /** Whether every group has to have its final pattern, whatever was removed before. */
    private boolean isComplete(double sparsity) {
        return structure instanceof PruningStructure.NOfM && sparsity >= finalSparsity(sparsity);
    }

    /** By layer, how many weights it can lose and still keep its least number. */
    private long[] keepLimits(boolean[] alive) {
        long[] limits = gone(alive);
        long[] total = total();
        for (int layer = 0; layer < limits.length; layer++) {
            limits[layer] = total[layer] - minKeep - limits[layer];
        }
        return limits;
    }

    private long[] layerGoals(double sparsity) {
        long[] goals = total();
        double progress = sparsity / finalSparsity(sparsity);
        long[] leaving = leaving();
        for (int layer = 0; layer < goals.length; layer++) {
            long wished = structure instanceof PruningStructure.NOfM
                    ? Math.round(progress * leaving[layer])
                    : Math.round(sparsity * goals[layer]);
            goals[layer] = Math.min(wished, Math.max(goals[layer] - minKeep, 0));
        }
        return goals;
    }

    private long[] layerRooms(boolean[] alive, double sparsity) {
        long[] rooms = layerGoals(sparsity);
        long[] gone = gone(alive);
        for (int layer = 0; layer < rooms.length; layer++) {
            rooms[layer] = Math.max(rooms[layer] - gone[layer], 0);
        }
        return rooms;
    }

    private long[] total() {
        long[] total = new long[layers()];
        parameters.forEach(parameter -> total[parameter.layerIndex()] += parameter.length());
        return total;
    }

    private long[] gone(boolean[] alive) {
        long[] gone = new long[layers()];
        for (PrunableParameter parameter : parameters) {
            for (int i = (int) parameter.from(); i < parameter.to(); i++) {
                gone[parameter.layerIndex()] += alive[i] ? 0 : 1;
            }
        }
        return gone;
    }

    private int[] take(List<Unit> units, long wished, long[] limits, boolean mustFill) {
        long room = wished;
        List<int[]> taken = new ArrayList<>();
        int count = 0;
        for (Unit unit : units) {
            int size = unit.entries().length;
            if (size > room) {
                break;
            }
            if (size <= limits[unit.layer()]) {
                limits[unit.layer()] -= size;
                room -= size;
                count += size;
                taken.add(unit.entries());
            }
        }
        if (room > 0 && mustFill) {
            throw new IllegalArgumentException(
                    "sparsity asks for %d weights more than the layers can lose when each keeps %d; lower the sparsity or minKeep"
                            .formatted(room, minKeep));
        }
        int[] result = new int[count];
        int next = 0;
        for (int[] entries : taken) {
            for (int entry : entries) {
                result[next++] = entry;
            }
        }
        Arrays.sort(result);
        return result;
    }

    private int layers() {
        return parameters.stream().mapToInt(PrunableParameter::layerIndex).max().orElse(-1) + 1;
    }

    private List<Unit> units(double[] scores, boolean[] alive) {
        List<Unit> units = new ArrayList<>();
        for (PrunableParameter parameter : parameters) {
            for (long row = parameter.from(); row < parameter.to(); row += parameter.fanIn()) {
                addRow(units, parameter, (int) row, scores, alive);
            }
        }
        return units;
    }

    private void addRow(List<Unit> units, PrunableParameter parameter, int row, double[] scores, boolean[] alive) {
        int end = (int) (row + parameter.fanIn());
        if (structure instanceof PruningStructure.NOfM pattern) {
            for (int start = row; start < end; start += pattern.group()) {
                addGroup(
                        units,
                        parameter.layerIndex(),
                        start,
                        Math.min(end, start + pattern.group()),
                        pattern,
                        scores,
                        alive);
            }
        } else if (structure instanceof PruningStructure.Blocks blocks) {
            for (int start = row; start < end; start += blocks.size()) {
                addBlock(units, parameter.layerIndex(), start, Math.min(end, start + blocks.size()), scores, alive);
            }
        } else {
            for (int i = row; i < end; i++) {
                if (alive[i]) {
                    units.add(new Unit(parameter.layerIndex(), scores[i], new int[] {i}));
                }
            }
        }
    }

    /** The weights of a group that go in the end, one by one. */
    private static void addGroup(
            List<Unit> units,
            int layer,
            int from,
            int to,
            PruningStructure.NOfM pattern,
            double[] scores,
            boolean[] alive) {
        List<Integer> living = new ArrayList<>();
        for (int i = from; i < to; i++) {
            if (alive[i]) {
                living.add(i);
            }
        }
        living.sort(Comparator.comparingDouble((Integer i) -> scores[i]).thenComparingInt(i -> i));
        int leaving = living.size() - pattern.kept();
        for (int k = 0; k < leaving; k++) {
            units.add(new Unit(layer, scores[living.get(k)], new int[] {living.get(k)}));
        }
    }

    private static void addBlock(List<Unit> units, int layer, int from, int to, double[] scores, boolean[] alive) {
        int[] living = new int[to - from];
        int count = 0;
        double sum = 0;
        for (int i = from; i < to; i++) {
            if (alive[i]) {
                living[count++] = i;
                sum += scores[i];
            }
        }
        if (count > 0) {
            units.add(new Unit(layer, sum, Arrays.copyOf(living, count)));
        }
    }

    private void requireScores(double[] scores, boolean[] alive) {
        for (PrunableParameter parameter : parameters) {
            for (int i = (int) parameter.from(); i < parameter.to(); i++) {
                if (alive[i] && !(scores[i] >= 0 && scores[i] < Double.POSITIVE_INFINITY)) {
                    throw new ArithmeticException(
                            "score of weight %d of layer '%s' must be finite and non-negative but is %s; check the data for NaN, or raise the damping of the importance"
                                    .formatted(i - parameter.from(), parameter.layer(), scores[i]));
                }
            }
        }
    }

    /** The part of the weights that is removed in the end: that of the groups for an N:M structure. */
    double finalSparsity(double wished) {
        return structure instanceof PruningStructure.NOfM
                ? (double) Arrays.stream(leaving()).sum() / weights()
                : wished;
    }

    /** By layer, how many weights the groups of an N:M structure lose. */
    private long[] leaving() {
        long[] leaving = new long[layers()];
        if (structure instanceof PruningStructure.NOfM pattern) {
            for (PrunableParameter parameter : parameters) {
                long rest = parameter.fanIn() % pattern.group();
                long perRow = parameter.fanIn() / pattern.group() * (pattern.group() - pattern.kept())
                        + Math.max(rest - pattern.kept(), 0);
                leaving[parameter.layerIndex()] += parameter.length() / parameter.fanIn() * perRow;
            }
        }
        return leaving;
    }
}
