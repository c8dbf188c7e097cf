/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Gradient descent whose rate decays with its own count of steps, with one deliberate fault or none. */
final class FaultyUpdater implements IUpdater {
    /** What is wrong. */
    enum Fault {
        NONE,
        COUNTER_OUTSIDE_STATE,
        COUNTER_SHARED_BY_ALL,
        FIELD_NOT_COMPARED,
        FIELD_NOT_SAVED,
        CLONE_IS_SHARED
    }

    /** Steps of every updater with the fault {@link Fault#COUNTER_SHARED_BY_ALL}. */
    private static int allSteps;

    private final Fault fault;
    private final double decay;
    private double learningRate;
    private @Nullable ISchedule schedule;

    FaultyUpdater(Fault fault, double learningRate, double decay) {
        this.fault = fault;
        this.learningRate = learningRate;
        this.decay = decay;
    }

    @JsonCreator
    static FaultyUpdater read(
            @JsonProperty("fault") Fault fault,
            @JsonProperty("learningRate") double learningRate,
            @JsonProperty("decay") double decay,
            @JsonProperty("schedule") @Nullable ISchedule schedule) {
        FaultyUpdater updater = new FaultyUpdater(fault, learningRate, fault == Fault.FIELD_NOT_SAVED ? 0 : decay);
        updater.schedule = schedule;
        return updater;
    }

    @Override
    public long stateSize(long numParams) {
        return numParams;
    }

    @Override
    public GradientUpdater<FaultyUpdater> instantiate(INDArray view, boolean initialize) {
        return new Steps(view);
    }

    @Override
    public GradientUpdater<FaultyUpdater> instantiate(Map<String, INDArray> state, boolean initialize) {
        throw new UnsupportedOperationException();
    }

    @Override
    @SuppressWarnings("MethodDoesntCallSuperMethod")
    public IUpdater clone() {
        if (fault == Fault.CLONE_IS_SHARED) {
            return this;
        }
        FaultyUpdater clone = new FaultyUpdater(fault, learningRate, decay);
        clone.schedule = schedule;
        return clone;
    }

    @Override
    public double getLearningRate(int iteration, int epoch) {
        return schedule == null ? learningRate : schedule.valueAt(iteration, epoch);
    }

    @Override
    public boolean hasLearningRate() {
        return true;
    }

    @Override
    public void setLrAndSchedule(double lr, @Nullable ISchedule lrSchedule) {
        learningRate = lr;
        schedule = lrSchedule;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FaultyUpdater that
                && fault == that.fault
                && Double.compare(learningRate, that.learningRate) == 0
                && (fault == Fault.FIELD_NOT_COMPARED || Double.compare(decay, that.decay) == 0)
                && Objects.equals(schedule, that.schedule);
    }

    @Override
    public int hashCode() {
        return Objects.hash(fault, learningRate, schedule);
    }

    /** Counts the steps in the first entry of the state. */
    private final class Steps implements GradientUpdater<FaultyUpdater> {
        private final INDArray state;
        private int lostSteps;

        Steps(INDArray state) {
            this.state = state;
        }

        @Override
        public void applyUpdater(INDArray gradient, int iteration, int epoch) {
            gradient.muli(getLearningRate(iteration, epoch) / (1 + decay * count()));
        }

        private double count() {
            return switch (fault) {
                case COUNTER_OUTSIDE_STATE -> lostSteps++;
                case COUNTER_SHARED_BY_ALL -> allSteps++;
                default -> {
                    state.putScalar(0, state.getDouble(0) + 1);
                    yield state.getDouble(0);
                }
            };
        }

        @Override
        public FaultyUpdater getConfig() {
            return FaultyUpdater.this;
        }

        @Override
        public void setState(Map<String, INDArray> stateMap, boolean initialize) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Map<String, INDArray> getState() {
            return Map.of("steps", state);
        }

        @Override
        public void setStateViewArray(INDArray view, long[] shape, char order, boolean initialize) {
            throw new UnsupportedOperationException();
        }
    }
}
