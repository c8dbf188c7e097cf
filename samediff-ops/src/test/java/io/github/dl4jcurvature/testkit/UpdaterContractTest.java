/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.List;

import io.github.dl4jcurvature.testkit.FaultyUpdater.Fault;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Every fault breaks the check that is there to find it, and a sound updater of the same kind passes it. */
class UpdaterContractTest {
    private static final HostNetwork HOST = HostNetwork.MULTI_LAYER;
    private static final DataType TYPE = DataType.DOUBLE;

    @ParameterizedTest
    @EnumSource
    void counterOutsideTheStateIsFoundBySavingAndByCloning(HostNetwork host) {
        UpdaterContract sound = new Contract(Fault.NONE);
        UpdaterContract faulty = new Contract(Fault.COUNTER_OUTSIDE_STATE);
        assertThatCode(() -> sound.restoredNetworkContinuesBitIdentically(host, TYPE))
                .doesNotThrowAnyException();
        assertFails(
                () -> faulty.restoredNetworkContinuesBitIdentically(host, TYPE),
                "parameters, saved and restored after iteration 1");
        assertFails(
                () -> faulty.clonedNetworkContinuesBitIdentically(host, TYPE), "parameters, cloned after iteration 1");
    }

    @Test
    void counterSharedByAllNetworksIsFoundByRepetition() {
        UpdaterContract faulty = new Contract(Fault.COUNTER_SHARED_BY_ALL);
        assertFails(() -> faulty.trainingIsDeterministicAndMovesParameters(HOST, TYPE), "parameters, second run");
        assertFails(() -> faulty.graphFollowsTheTrajectoryOfTheMultiLayerNetwork(TYPE), "parameters after iteration 1");
    }

    @Test
    void updaterThatDoesNothingIsFound() {
        UpdaterContract idle = new Contract(Fault.NONE) {
            @Override
            protected IUpdater updater() {
                return new FaultyUpdater(Fault.NONE, 0, 0.5);
            }
        };
        assertFails(() -> idle.trainingIsDeterministicAndMovesParameters(HOST, TYPE), "parameters after training");
    }

    @Test
    void fieldMissingFromEqualsIsFound() {
        assertFails(new Contract(Fault.FIELD_NOT_COMPARED)::equalityRespectsEveryField, "pairwise different");
    }

    @Test
    void fieldMissingFromJsonIsFound() {
        UpdaterContract faulty = new Contract(Fault.FIELD_NOT_SAVED);
        assertFails(faulty::multiLayerConfigurationSurvivesJsonAndYaml, "decay");
        assertFails(faulty::graphConfigurationSurvivesJsonAndYaml, "decay");
    }

    @Test
    void sharedCloneIsFound() {
        UpdaterContract faulty = new Contract(Fault.CLONE_IS_SHARED);
        assertFails(faulty::clonesAreEqualToTheOriginal, "not");
        assertFails(faulty::changingTheRateOfACloneLeavesTheOriginal, "not to be equal");
    }

    @Test
    void listenerThatOverwritesItsInputIsFound() {
        UpdaterContract faulty = new Contract(Fault.NONE) {
            @Override
            protected void prepare(Model model) {
                model.addListeners(new BaseTrainingListener() {
                    @Override
                    public void onBackwardPass(Model trained) {
                        ((MultiLayerNetwork) trained).getInput().addi(1);
                    }
                });
            }
        };
        assertFails(() -> faulty.trainingLeavesItsDataUnchanged(HOST, TYPE), "equal bits");
    }

    private static void assertFails(ThrowingCallable check, String message) {
        assertThatThrownBy(check).isInstanceOf(AssertionError.class).hasMessageContaining(message);
    }

    private static class Contract extends UpdaterContract {
        private final Fault fault;

        Contract(Fault fault) {
            this.fault = fault;
        }

        @Override
        protected IUpdater updater() {
            return new FaultyUpdater(fault, 0.05, 0.5);
        }

        @Override
        protected Iterable<IUpdater> variants() {
            return List.of(new FaultyUpdater(fault, 0.06, 0.5), new FaultyUpdater(fault, 0.05, 0.25));
        }
    }
}
